import { assert, describe, it } from "@effect/vitest";
import type { Bar } from "@strom/core";
import { Backtest, Catalog, Engine, FillModel, Money, Strategy } from "@strom/core";
import { Result, Schema } from "effect";
import * as PlainFold from "../PlainFold.ts";
import * as Scripted from "../Scripted.ts";

const DAY = 86_400_000;
const BEGIN_AT = Date.UTC(2024, 0, 1);

/** Bars of a symbol that end at these instants, each flat at its price. */
const barsAt = (
  ends: ReadonlyArray<number>,
  intervalMs: number,
  price: (index: number) => number,
  symbol = "AAA",
): ReadonlyArray<Bar.Bar> =>
  ends.map((to, index) => {
    const open = price(index);
    return {
      symbol,
      from: to - intervalMs,
      to,
      open,
      high: open,
      low: open,
      close: open,
      volume: 1,
      ticks: 1,
    };
  });

const days = (prices: ReadonlyArray<number>, symbol?: string): ReadonlyArray<Bar.Bar> =>
  barsAt(
    prices.map((_, index) => BEGIN_AT + (index + 1) * DAY),
    DAY,
    (index) => prices[index] ?? Number.NaN,
    symbol,
  );

const run = (options: Backtest.Options): Backtest.Backtest =>
  Result.getOrThrowWith(Backtest.run({ catalog: Scripted.everything, ...options }), (error) => error);

const told = (pattern: string) => [{ strategy: "scripted_first", params: { pattern } }];
const hold = [{ strategy: "buy_and_hold" }];

describe("a backtest at its edges", () => {
  it("counts what was paid on the first bar: in the return, in the fall, on the day", () => {
    const { performance, ...backtest } = run({
      bars: [days(Array.from({ length: 60 }, () => 100))],
      strategies: hold,
      fill: { ...FillModel.free, fee_bps: 500 },
    });
    const [drawdown] = Backtest.equity({ performance, ...backtest }).drawdown;
    assert.closeTo(drawdown ?? 0, 0.0475, 1e-12);
    assert.strictEqual(performance.startEquity, 100_000);
    assert.closeTo(performance.totalReturn, -0.0475, 1e-12);
    assert.closeTo(performance.maxDrawdown?.size ?? 0, 0.0475, 1e-12);
    assert.isNull(performance.maxDrawdown?.recoveredAt);
    assert.strictEqual(performance.returns, 59);
  });

  it("says that a fall began where it began, however long nothing was held before", () => {
    const prices = Array.from({ length: 320 }, (_, index) =>
      index === 0 ? 100 : index <= 301 ? 110 : index <= 302 ? 100 : 120,
    );
    const pattern = Array.from({ length: 320 }, (_, index) =>
      index === 0 || index === 301 ? "B" : index === 1 ? "S" : "-",
    ).join("");
    const alone = run({ bars: [days(prices)], strategies: told(pattern) });
    const beside = run({
      bars: [
        days(prices),
        days(
          Array.from({ length: 320 }, () => 50),
          "BBB",
        ),
      ],
      strategies: told(pattern),
      risk: { ...Backtest.wholeAccount, max_open_positions: 1 },
    });
    const peakAt = BEGIN_AT + 301 * DAY;
    for (const { performance } of [alone, beside])
      assert.isAtLeast(performance.maxDrawdown?.peakAt ?? 0, peakAt);
    assert.isAtLeast(alone.performance.longestDrawdown?.peakAt ?? 0, peakAt);
  });

  it("begins the day over a night without bars with what was known, as a live agent does", () => {
    const minute = 60_000;
    const evening = Array.from({ length: 6 }, (_, n) => BEGIN_AT + DAY - (10 - n) * minute);
    const morning = Array.from({ length: 20 }, (_, n) => BEGIN_AT + DAY + (30 + n) * minute);
    const bars = barsAt([...evening, ...morning], minute, (index) => (index < 6 ? 100 : 80));
    const risk = { ...Backtest.wholeAccount, max_risk_per_trade_pct: 40, max_daily_loss_pct: 3 };
    const options: Backtest.Options = {
      bars: [bars],
      strategies: told(`--B---------B${"-".repeat(13)}`),
      risk,
    };
    const other = barsAt([BEGIN_AT + DAY / 2, BEGIN_AT + DAY / 2 + minute], minute, () => 50, "BBB");
    for (const each of [
      options,
      { ...options, bars: [bars, other] },
      { ...options, fillAt: "next_open" as const },
    ]) {
      const { trades, refusals, plan, guard } = run(each);
      assert.strictEqual(trades.length, 1);
      assert.deepStrictEqual(
        refusals.map(({ reason }) => reason),
        ["daily_loss_limit"],
      );
      assert.closeTo(Money.toNumber(guard.dayStartEquity), 100_000, 100);
      assert.deepStrictEqual(guard, PlainFold.fold(plan).guard);
    }
  });

  it("shows a strategy no history that asks for none: it buys and holds from the first bar looked at", () => {
    const bars = [days(Array.from({ length: 100 }, (_, index) => 100 + index))];
    const from = BEGIN_AT + 50 * DAY;
    const alone = run({ bars, strategies: hold, from });
    assert.deepStrictEqual(
      alone.trades.map(({ at, side }) => [at, side]),
      [[from, "BUY"]],
    );
    const strategies = [{ strategy: "ema_crossover" }, ...hold];
    const both = run({ bars, strategies, from });
    assert.isTrue(both.trades.some(({ strategyKey, at }) => strategyKey === "buy_and_hold" && at === from));
    const { spec } = both.plan;
    const held = Catalog.builtIn.find(({ key }) => key === "buy_and_hold");
    const memory = Engine.warmup(spec, Scripted.everything, {}, { AAA: bars[0] ?? [] });
    assert.notProperty(memory, held?.id ?? "");
  });

  it("keeps the amounts of an account of billions as they are", () => {
    const prices = Array.from({ length: 30 }, (_, index) => Math.round(100 * 1.2 ** index));
    const backtest = run({
      bars: [days(prices)],
      strategies: told(`-B${"-".repeat(18)}S${"-".repeat(9)}`),
      capital: "999999999999",
      fill: FillModel.free,
    });
    const last = backtest.trades.at(-1);
    assert.strictEqual(last?.cash, backtest.account.cash);
    assert.isAbove(Money.toNumber(Money.cash(last?.cash ?? 0n)), 2 ** 43);
    assert.strictEqual(last?.realized, backtest.account.realized);
    assert.strictEqual(backtest.roundTrips[0]?.pnl, last?.realized);
  });
});

describe("a state that becomes null", () => {
  const Forgetful = Strategy.make<Record<string, never>, { readonly last: number | null } | null>({
    key: "forgetful",
    name: "Forgetful",
    description: "Buys once, on the first rise.",
    params: Schema.Struct({}),
    warmup: () => 0,
    init: () => ({ last: null }),
    step: (_, state, { close }) => {
      if (state === null) return [null, null];
      return state.last !== null && close > state.last
        ? [null, { side: "BUY", confidence: 1, features: {}, rule: "rise" }]
        : [{ last: close }, null];
    },
  });
  const catalog = Catalog.make([Forgetful]);

  it("stays null, live as in a backtest", () => {
    const bars = days([100, 101, 102, 103, 104, 105, 106]);
    const backtest = run({ bars: [bars], strategies: [{ strategy: "forgetful" }], catalog });
    assert.strictEqual(backtest.trades.length, 1);
    let world = Engine.begin(backtest.plan.spec);
    let bought = 0;
    bars.forEach((bar, slot) => {
      const beat = { slot, at: bar.to };
      const [next, outcome] = Engine.step(backtest.plan.spec, catalog, world, beat, [
        { bar, pricedAt: bar.to - 1 },
      ]);
      world = next;
      bought += outcome.run.signals.length;
    });
    assert.strictEqual(bought, 1);
  });
});
