import { Backtest, Catalog, Columns, FillModel, Sweep, WalkForward } from "@strom/core";
import { Result } from "effect";
import { assert, describe, it } from "vitest";

const HOUR = 3_600_000;

/** Hours of a wave, long enough for the averages below to cross every few bars. */
const wave = (symbol: string, length: number): Columns.Columns => {
  const columns = Columns.make(symbol, length);
  for (let i = 0; i < length; i++) {
    const price = 100 + ((i * 7) % 23) + ((i * i) % 11);
    columns.from[i] = i * HOUR;
    columns.to[i] = (i + 1) * HOUR;
    for (const field of ["open", "high", "low", "close"] as const) columns[field][i] = price;
    columns.volume[i] = 1;
  }
  return columns;
};

const crossing = [{ strategy: "ema_crossover", params: { ema_fast: 3, ema_slow: 8 } }];

/** As plain JavaScript would hand it in, past the type checker. */
const plain = (value: unknown) => {
  const any: ReturnType<typeof JSON.parse> = value;
  return any;
};

const ran = (options: Backtest.Options): Backtest.Backtest => Result.getOrThrow(Backtest.run(options));

const problems = (options: Backtest.Options) =>
  Result.getOrThrow(Result.flip(Backtest.run(options))).errors.map(({ path, message }) => [path, message]);

describe("what is asked of a backtest", () => {
  it("refuses instants between which there is nothing to trade", () => {
    const bars = [wave("AAA", 50), wave("BBB", 30)];
    const [first = 0] = bars[0]?.to ?? [];
    const from = first + 1_000_000 * HOUR;
    const asked = (span: { readonly from?: number; readonly to?: number }) =>
      problems({ bars, strategies: crossing, ...span }).map(([path, message]) => `${path}: ${message}`);
    assert.match(
      asked({ from }).join(),
      /^from: no bar ends from .*: those of AAA end from .* to .*, those of BBB/,
    );
    assert.match(asked({ to: first - 1 }).join(), /^to: no bar ends by /);
    assert.match(
      asked({ from: first + 9 * HOUR, to: first }).join(),
      /^to: .* is before .*, where it begins$/,
    );
    assert.deepEqual(asked({ to: plain(String(first)) }), [
      `to: "${first}" is refused: a finite number of milliseconds since the epoch is needed`,
    ]);
    assert.match(
      asked({ from: plain(new Date(from)) }).join(),
      /^from: .* is needed, as its getTime\(\) gives$/,
    );
    assert.match(asked({ to: plain(null) }).join(), /^to: null is refused/);
    assert.match(asked({ from: Number.NaN }).join(), /^from: NaN is refused/);
    assert.match(asked({ to: Number.POSITIVE_INFINITY }).join(), /^to: Infinity is refused/);
    // One of them may be over before it begins.
    const later = ran({ bars, strategies: crossing, from: first + 35 * HOUR });
    assert.isEmpty(later.trades.filter(({ symbol }) => symbol === "BBB"));
    assert.isAbove(later.performance.returns, 10);
  });

  it("takes its seed and its least fee as plain JavaScript writes them", () => {
    const options = { bars: [wave("AAA", 300)], strategies: crossing };
    assert.equal(
      Backtest.digest(ran({ ...options, seed: 7 })),
      Backtest.digest(ran({ ...options, seed: 7n })),
    );
    const minimum_fee = JSON.parse('"1.5"');
    const { trades } = ran({ ...options, fill: { ...FillModel.standard, fee_bps: 0, minimum_fee } });
    assert.isNotEmpty(trades);
    assert.isTrue(trades.every(({ fee }) => fee === 1_500_000n));
  });

  it("says what plain JavaScript gave wrongly, once", () => {
    const bars = Array.from({ length: 50 }, (_, i) => Columns.bar(wave("AAA", 50), i));
    const given = (json: object) => problems({ bars: [bars], strategies: crossing, ...json });
    const nameless = bars.map(({ symbol: _, ...bar }) => bar);
    const list = "a list of bars for each symbol is needed, all of them in a list: [bars]";
    const one = 'a strategy or its key is needed: { strategy: "ema_crossover" }';
    const seed = "a whole number from 0 that fits 64 bits is needed";
    assert.deepEqual(given({ bars }), [["bars.0", list]]);
    assert.deepEqual(given({ bars: null }), [["bars", list]]);
    assert.deepEqual(given({ bars: [nameless] }), [
      ["bars.0.0.symbol", "the name of what is traded is needed"],
    ]);
    assert.deepEqual(given({ strategies: "ema_crossover" }), [
      ["strategies", "a list of at least one strategy is needed"],
    ]);
    assert.deepEqual(given({ strategies: ["ema_crossover"] }), [["strategies.0.strategy", one]]);
    assert.deepEqual(given({ bars: [[bars[0], null]] }), [["bars.0.1", "null is refused: a bar is needed"]]);
    assert.deepEqual(given({ strategies: [null] }), [["strategies.0.strategy", one]]);
    assert.deepEqual(given({ strategies: [{ strategy: {} }] }), [
      ["strategies.0.strategy", "{} is refused: a key, or a strategy that Strategy.make made, is needed"],
    ]);
    const circle: { strategy?: object } = {};
    circle.strategy = circle;
    assert.match(
      String(given({ strategies: [circle] })[0]),
      /^strategies\.0\.strategy,\[object Object\] is refused/,
    );
    assert.deepEqual(given({ catalog: Catalog.builtIn }), [
      ["catalog", "a catalog is needed, as Catalog.make(Catalog.builtIn) makes it"],
    ]);
    assert.deepEqual(given({ seed: "42" }), [["seed", `"42" is refused: ${seed}`]]);
    assert.deepEqual(given({ seed: -1 }), [["seed", `-1 is refused: ${seed}`]]);
    assert.deepEqual(given({ fill: { ...FillModel.standard, minimum_fee: undefined } }), [
      ["fill.minimum_fee", "a text is needed"],
    ]);
    assert.deepEqual(given({ fill: { ...FillModel.standard, minimum_fee: 1 } }), [
      ["fill.minimum_fee", '1 is refused: a text is needed, like "1"'],
    ]);
  });

  it("refuses names there are not, as plain JavaScript may spell them", () => {
    const asked = { bars: [wave("AAA", 300)], strategies: crossing };
    const [fillat, comission, ...rest] = problems({
      ...asked,
      ...plain({ fillat: "next_open", comission: 5 }),
    });
    assert.match(String(fillat), /^fillat,"next_open" is refused: no such option, there is .*fillAt/);
    assert.match(String(comission), /^comission,5 is refused: no such option, there is .*fill,/);
    assert.isEmpty(rest);
    const strategies = [{ strategy: "ema_crossover", ...plain({ parms: {} }) }];
    assert.deepEqual(problems({ ...asked, strategies }), [
      ["strategies.0.parms", "{} is refused: no such option, there is strategy, params"],
    ]);
    const swept = { bars: asked.bars, strategy: "ema_crossover", candidates: [{}] };
    const { errors } = Result.getOrThrow(Result.flip(Sweep.run({ ...swept, ...plain({ metrik: "cagr" }) })));
    assert.match(errors.map(({ path, message }) => path + message).join(), /^metrik.*there is .*metric/);
    const walked = { ...swept, trainBars: 100, testBars: 100 };
    const refused = Result.flip(WalkForward.run({ ...walked, ...plain({ anchored: true }) }));
    assert.match(Result.getOrThrow(refused).message, /^anchored: true is refused.*isAnchored/);
    // What a walk is asked for may be asked of a sweep, as its type says.
    assert.isTrue(Result.isSuccess(Sweep.run({ ...walked, candidates: crossing.map((one) => one.params) })));
  });

  it("says so when there are no options at all", () => {
    for (const run of [Backtest.run, Backtest.stream, Sweep.run, WalkForward.run, WalkForward.windows]) {
      const { errors } = Result.getOrThrow(
        Result.flip<unknown, Backtest.BacktestInvalid>(run(plain(undefined))),
      );
      assert.deepEqual(errors, [
        { path: "", message: "undefined is refused: an object of options is needed, { bars: [bars], … }" },
      ]);
    }
  });

  it("refuses a time of fills that there is not", () => {
    const fillAt = JSON.parse('"open"');
    assert.deepEqual(problems({ bars: [wave("AAA", 50)], strategies: crossing, fillAt }), [
      ["fillAt", '"open" is refused: "close" or "next_open" is needed'],
    ]);
  });
});
