import { assert, describe, it } from "@effect/vitest";
import type { Bar, Columns } from "@strom/core";
import { Backtest, Columns as Columnar, Money } from "@strom/core";
import { Result } from "effect";
import fc from "fast-check";
import * as Figures from "./Figures.ts";
import * as Markets from "./Markets.ts";
import * as PlainFold from "./PlainFold.ts";
import * as Scripted from "./Scripted.ts";

/** The run of options, or null where they are refused (a window too short for the strategy's warm-up). */
const run = (options: Backtest.Options): Backtest.Backtest | null =>
  Result.getOrElse(Backtest.run({ ...options, catalog: Scripted.everything }), () => null);

/** The curve is drawn in doubles from exact cash and quantities; the books round each position to a millionth. */
const close = (a: number, b: number, what: string): void => {
  assert.isAtMost(Math.abs(a - b), 2e-6 + 1e-12 * Math.abs(b), `${what}: ${a} and ${b}`);
};

const sameAsFold = (options: Backtest.Options): void => {
  const tested = run(options);
  if (tested === null) return;
  const folded = PlainFold.fold(tested.plan);
  assert.deepStrictEqual(
    tested.trades.map(({ symbol, side, qty, citedPrice, price, fee, at, slot, origin, cash }) => ({
      symbol,
      side,
      qty,
      citedPrice,
      price,
      fee,
      at,
      slot,
      origin,
      cash,
    })),
    folded.trades.map(({ order, fill, account }) => ({
      symbol: order.symbol,
      side: order.side,
      qty: fill.qty,
      citedPrice: order.price,
      price: fill.price,
      fee: fill.fee,
      at: order.at,
      slot: order.slot,
      origin: order.origin,
      cash: account.cash,
    })),
  );
  assert.deepStrictEqual(
    tested.refusals.map(({ symbol, side, qty, at, slot, origin, reason }) => ({
      symbol,
      side,
      qty,
      at,
      slot,
      origin,
      reason,
    })),
    folded.refusals.map(({ order: { symbol, side, qty, at, slot, origin }, reason }) => ({
      symbol,
      side,
      qty,
      at,
      slot,
      origin,
      reason,
    })),
  );
  assert.deepStrictEqual(tested.account, folded.account);
  assert.deepStrictEqual(tested.guard, folded.guard);
  const curve = Backtest.equity(tested);
  assert.deepStrictEqual(
    [...curve.at],
    folded.equity.map(({ at }) => at),
  );
  folded.equity.forEach(({ equity }, index) => {
    close(curve.equity[index] ?? Number.NaN, Money.toNumber(equity), `equity ${index}`);
  });
  const { performance } = tested;
  const held = folded.equity.filter(({ isHeld }) => isHeld).length;
  if (folded.equity.length > 0)
    close(performance.exposure ?? Number.NaN, held / folded.equity.length, "exposure");
  close(performance.endEquity, Money.toNumber(folded.equity.at(-1)?.equity ?? 0n), "end");
};

/** Bars of an hour, rising and falling: enough of them for every figure to mean something. */
const HOUR = 3_600_000;
const wave = (symbol: string, length: number, swing = 0.05): Columns.Columns => {
  const made = Columnar.make(symbol, length);
  let seed = 7;
  let last = 100;
  for (let index = 0; index < length; index++) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    const price =
      Math.round((100 + 100 * swing * Math.sin(index / 11) + (seed / 4_294_967_296) * 4) * 1e6) / 1e6;
    made.from[index] = 1_600_000_000_000 - (1_600_000_000_000 % HOUR) + index * HOUR;
    made.to[index] = (made.from[index] ?? 0) + HOUR;
    made.open[index] = last;
    made.close[index] = price;
    made.high[index] = Math.max(last, price);
    made.low[index] = Math.min(last, price);
    made.volume[index] = 10;
    last = price;
  }
  return made;
};

const crossing = [{ strategy: "ema_crossover", params: { ema_fast: 3, ema_slow: 8 } }];
const ran = (options: Backtest.Options): Backtest.Backtest => Result.getOrThrow(Backtest.run(options));

const problems = (options: Backtest.Options): ReadonlyArray<readonly [string, string]> => {
  const result = Backtest.run(options);
  return Result.isFailure(result) ? result.failure.errors.map(({ path, message }) => [path, message]) : [];
};

describe("Backtest", () => {
  it("is the plain fold of the engine over one symbol, to the last digit", () => {
    fc.assert(fc.property(Markets.options({ min: 1, max: 1 }), sameAsFold));
  });

  it("is the plain fold of the engine over a portfolio, to the last digit", () => {
    fc.assert(fc.property(Markets.options({ min: 2, max: 3 }), sameAsFold));
  });

  it("meets fills, refusals and every stop in the markets told here", () => {
    const seen = new Set<string>();
    for (const options of fc.sample(Markets.options({ min: 1, max: 3 }), { numRuns: 400, seed: 1 })) {
      const tested = run(options);
      for (const { rule } of tested?.trades ?? []) seen.add(rule);
      for (const { reason } of tested?.refusals ?? []) seen.add(reason);
    }
    const expected = [
      "as_told",
      "stop_loss",
      "take_profit",
      "trailing_stop",
      "cooldown_active",
      "short_not_allowed",
    ];
    for (const what of [...expected, "insufficient_cash", "daily_loss_limit", "drawdown_limit"]) {
      assert.include([...seen], what);
    }
  });

  it.each(["close", "next_open"] as const)(
    "computes its figures as the textbooks do, filled at the %s",
    (fillAt) => {
      const tested = ran({
        bars: [wave("AAA", 3_000)],
        strategies: crossing,
        fillAt,
        risk: { ...Backtest.wholeAccount, trailing_stop_pct: 6 },
      });
      const curve = Backtest.equity(tested);
      const expected = Figures.of(
        [...curve.equity],
        [...curve.at],
        tested.roundTrips.map(({ pnl }) => Money.toNumber(pnl)),
      );
      const found = Figures.said(tested);
      assert.isAbove(tested.roundTrips.length, 50);
      for (const [name, value] of Object.entries(expected)) {
        const said = Reflect.get(found, name);
        assert.isBelow(
          Math.abs(said - value) / Math.max(1e-9, Math.abs(value)),
          1e-8,
          `${name}: ${said} and ${value}`,
        );
      }
      const { maxDrawdown } = tested.performance;
      const deepest = curve.drawdown.indexOf(Math.max(...curve.drawdown));
      assert.strictEqual(maxDrawdown?.troughAt, curve.at[deepest]);
    },
  );

  it("counts trips as it writes them out, whatever the market", () => {
    fc.assert(
      fc.property(Markets.options({ min: 1, max: 3 }), (options) => {
        const tested = run(options);
        if (tested === null) return;
        const pnls = tested.roundTrips.map(({ pnl }) => pnl);
        const { trips } = tested.performance;
        assert.strictEqual(trips.count, pnls.length);
        assert.strictEqual(trips.wins, pnls.filter((pnl) => pnl > 0n).length);
        assert.strictEqual(trips.losses, pnls.filter((pnl) => pnl < 0n).length);
        const total = pnls.reduce((sum, pnl) => sum + pnl, 0n);
        if (pnls.length > 0) {
          assert.strictEqual(trips.expectancy, Money.toNumber(total) / pnls.length);
          assert.strictEqual(trips.best, Money.toNumber(pnls.reduce(Money.max)));
        }
        const isFlat = Object.values(tested.account.positions).every(({ qty }) => qty === 0n);
        if (isFlat) assert.strictEqual(total, tested.account.realized - tested.account.fees);
      }),
    );
  });

  it("says nothing where a figure has no meaning, and never NaN or Infinity", () => {
    fc.assert(
      fc.property(Markets.options({ min: 1, max: 3 }), (options) => {
        const tested = run(options);
        if (tested === null) return;
        const json = JSON.stringify(Backtest.toJson(tested), (_, value) => {
          if (typeof value === "number") assert.isTrue(Number.isFinite(value));
          return value;
        });
        assert.isAbove(json.length, 0);
      }),
    );
    const silent = ran({
      bars: [wave("AAA", 200)],
      strategies: [{ strategy: "ema_crossover", params: { ema_fast: 99, ema_slow: 198 } }],
    });
    const { sharpe, sortino, volatility, calmar, cagr, maxDrawdown, exposure, trips } = silent.performance;
    assert.deepStrictEqual(
      [sharpe, sortino, volatility, calmar, cagr, maxDrawdown],
      [null, null, null, null, null, null],
    );
    assert.deepStrictEqual(
      [exposure, trips.winRate, trips.profitFactor, trips.expectancy],
      [0, null, null, null],
    );
  });

  it("has one digest for one seed, however it is run; another seed gives another", () => {
    const options = { bars: [wave("AAA", 800), wave("BBB", 700)], strategies: crossing, risk: Markets.roomy };
    const digest = Backtest.digest(ran(options));
    const steps = Result.getOrThrow(Backtest.stream(options));
    let step = steps.next();
    while (step.done !== true) step = steps.next();
    assert.strictEqual(Backtest.digest(step.value), digest);
    assert.strictEqual(Backtest.digest(ran({ ...options, seed: 42n })), digest);
    assert.notStrictEqual(Backtest.digest(ran({ ...options, seed: 43n })), digest);
  });

  it("tells of its progress and is cancelled by not asking on", () => {
    const steps = Result.getOrThrow(Backtest.stream({ bars: [wave("AAA", 600_000)], strategies: crossing }));
    const seen: Array<Backtest.Progress> = [];
    for (const progress of steps) {
      seen.push(progress);
      if (seen.length === 2) break;
    }
    assert.deepStrictEqual(
      seen.map(({ bars, of }) => [bars, of]),
      [
        [262_144, 600_000],
        [524_288, 600_000],
      ],
    );
    assert.isTrue(steps.next().done);
  });

  it("makes longer bars of shorter ones, as if they had been given", () => {
    const hours = wave("AAA", 24 * 40);
    const given = ran({ bars: [hours], strategies: crossing, intervalMs: 24 * HOUR });
    const days = new Map<number, Array<Bar.Bar>>();
    for (const bar of PlainFold.barsOf(hours, 0, hours.length)) {
      const day = Math.floor(bar.from / (24 * HOUR));
      days.set(day, [...(days.get(day) ?? []), bar]);
    }
    const made = [...days].map(
      ([day, bars]): Bar.Bar => ({
        symbol: "AAA",
        from: day * 24 * HOUR,
        to: (day + 1) * 24 * HOUR,
        open: bars[0]?.open ?? 0,
        high: Math.max(...bars.map(({ high }) => high)),
        low: Math.min(...bars.map(({ low }) => low)),
        close: bars.at(-1)?.close ?? 0,
        volume: bars.reduce((sum, { volume }) => sum + volume, 0),
        ticks: bars.length,
      }),
    );
    assert.deepStrictEqual(
      Backtest.toJson(given),
      Backtest.toJson(ran({ bars: [made], strategies: crossing })),
    );
    assert.deepStrictEqual(problems({ bars: [made], strategies: crossing, intervalMs: HOUR }), [
      [
        "bars.AAA.0",
        "a bar from 2020-09-13T00:00:00.000Z to 2020-09-14T00:00:00.000Z does not fit into bars of 1 h: of bars only longer ones can be made",
      ],
    ]);
  });

  it("begins a week on its Monday", () => {
    const weeks = ran({ bars: [wave("AAA", 24 * 80)], strategies: crossing, intervalMs: 7 * 24 * HOUR });
    const [lane] = weeks.plan.lanes;
    const days = Array.from(lane?.columns.from ?? [], (at) => new Date(at).getUTCDay());
    assert.isAbove(days.length, 4);
    assert.deepStrictEqual(new Set(days), new Set([1]));
  });

  it("is measured against buying and holding", () => {
    const bars = [wave("AAA", 500), wave("BBB", 400)];
    const { totalReturn, exposure, trips } = Backtest.benchmark(ran({ bars, strategies: crossing }));
    const gain = ({ close, length }: Columns.Columns) => (close[length - 1] ?? 0) / (close[0] ?? 1) - 1;
    assert.isBelow(Math.abs(totalReturn - bars.reduce((sum, one) => sum + gain(one) / 2, 0)), 1e-12);
    assert.deepStrictEqual([exposure, trips.count], [1, 0]);
  });

  it("names what is wrong with what is asked for, all of it at once", () => {
    const bad = wave("BAD", 30);
    bad.low[17] = 1_000;
    bad.close[20] = (bad.low[20] ?? 0) + 1e-7;
    bad.from[25] = bad.from[24] ?? 0;
    const found = problems({
      bars: [bad, wave("AAA", 5), wave("AAA", 50)],
      strategies: [{ strategy: "ema_crossover", params: { ema_fast: 9, ema_slow: 3 } }, { strategy: "luck" }],
      capital: "0",
      risk: { ...Backtest.wholeAccount, max_daily_loss_pct: 0 },
    });
    assert.deepStrictEqual(
      found.map(([path]) => path),
      [
        "bars.BAD.17.low",
        "bars.BAD.20.close",
        "bars.BAD.25.from",
        "bars.AAA",
        "strategies.0.params.ema_fast",
        "strategies.1",
        "risk.max_daily_loss_pct",
        "capital",
      ],
    );
    assert.include(found[0]?.[1] ?? "", "1000 is refused: at most the high of");
    assert.include(found[1]?.[1] ?? "", "at most 6 decimals fit");
    assert.deepStrictEqual(problems({ bars: [wave("AAA", 8)], strategies: crossing }), [
      ["bars.AAA", "8 bars are too few: ema_crossover is silent on the first 8"],
    ]);
    assert.deepStrictEqual(
      problems({ bars: [], strategies: [] }).map(([path]) => path),
      ["bars", "strategies"],
    );
  });
});
