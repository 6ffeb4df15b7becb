import { Backtest, Catalog, FillModel, ParameterSpace, Sweep, WalkForward } from "@strom/core";
import { Result } from "effect";
import { assert, describe, it } from "vitest";
import { walk } from "./Walks.ts";

const ema = Catalog.find(Catalog.make(Catalog.builtIn), "ema_crossover");
if (ema === undefined) throw new Error("no ema_crossover");

const { candidates } = Result.getOrThrow(ParameterSpace.grid(ema, { ema_fast: [3, 5], ema_slow: [12, 24] }));
const bars = walk(1000, 3);
const options: WalkForward.Options = {
  bars: [bars],
  strategy: ema,
  candidates,
  trainBars: 300,
  testBars: 200,
};
const windows = (more: Partial<WalkForward.Options> = {}) =>
  Result.getOrThrow(WalkForward.windows({ ...options, ...more }));

/** Bars by their index, from and to both included. */
const indices = ({ from, to }: WalkForward.Span) => [bars.to.indexOf(from), bars.to.indexOf(to)];

describe("the windows of a walk", () => {
  it("slide: each trains on the bars just before those it tests on", () => {
    assert.deepEqual(
      windows().map(({ train, test }) => [indices(train), indices(test)]),
      [
        [
          [0, 299],
          [300, 499],
        ],
        [
          [200, 499],
          [500, 699],
        ],
        [
          [400, 699],
          [700, 899],
        ],
        [
          [600, 899],
          [900, 999],
        ],
      ],
    );
  });

  it("may be anchored at the first bar", () => {
    const anchored = windows({ isAnchored: true }).map(({ train }) => indices(train));
    assert.deepEqual(anchored, [
      [0, 299],
      [0, 499],
      [0, 699],
      [0, 899],
    ]);
  });

  it("never test on a bar they trained on, nor twice on one", () => {
    let last = 0;
    for (const { train, test } of windows({ testBars: 37 })) {
      assert.isTrue(train.to < test.from && test.from > last);
      last = test.to;
    }
  });

  it.each([
    [{ trainBars: 999 }, /trainBars: 999 bars to choose on leave none of 1000/],
    [{ trainBars: 1 }, /trainBars: 1 is refused/],
    [{ testBars: 0.5 }, /testBars: 0\.5 is refused/],
    [{ bars: [] }, /bars: the bars of at least one symbol/],
  ])("with %o are refused", (more, message) => {
    const failure = Result.getOrThrow(Result.flip(WalkForward.windows({ ...options, ...more })));
    assert.match(failure.message, message);
  });
});

describe("a walk forward", () => {
  const result = Result.getOrThrow(WalkForward.run(options));

  it("trades in each window what was best on the bars before it", () => {
    for (const { train, chosen } of result.folds) {
      const sweep = Result.getOrThrow(Sweep.run({ ...options, from: train.from, to: train.to }));
      assert.deepEqual(chosen, sweep.best);
    }
  });

  it("begins each test with what the one before it left", () => {
    let equity = 100_000;
    for (const { tested } of result.folds) {
      assert.approximately(tested?.startEquity ?? 0, equity, equity * 0.05);
      equity = tested?.endEquity ?? 0;
    }
    assert.equal(result.equity.at(-1), result.performance.endEquity);
    assert.equal(result.equity.length, 700);
  });

  it("is its single backtests in a row", () => {
    const [first] = result.folds;
    const again = Backtest.run({
      bars: [bars],
      strategies: [{ strategy: ema, params: first?.chosen?.params }],
      from: first?.test.from,
      to: first?.test.to,
    });
    assert.deepEqual(Result.getOrThrow(again).performance, first?.tested);
  });

  it("looks at nothing that came later", () => {
    const half = walk(1000, 3);
    for (let i = 700; i < 1000; i++) {
      for (const field of ["open", "high", "low", "close"] as const) half[field][i] = 50;
    }
    const other = Result.getOrThrow(WalkForward.run({ ...options, bars: [half] }));
    assert.deepEqual(other.folds.slice(0, 2), result.folds.slice(0, 2));
  });

  it("has the same digest when it is walked again", () => {
    assert.equal(Result.getOrThrow(WalkForward.run(options)).digest, result.digest);
  });

  it("fails when a test makes more than the next may begin with", () => {
    const rising = walk(300);
    for (let i = 0; i < 300; i++) {
      // Three steps up and two down, so that the averages cross again and again.
      const price = Math.round((100 + i * 2 + (i % 10 < 6 ? 8 * (i % 10) : 0)) * 100) / 100;
      for (const field of ["open", "high", "low", "close"] as const) rising[field][i] = price;
    }
    const rich = {
      ...options,
      bars: [rising],
      candidates: [{ ema_fast: 2, ema_slow: 4 }],
      metric: "return" as const,
      trainBars: 60,
      testBars: 60,
      fill: FillModel.free,
    };
    assert.isTrue(Result.isSuccess(WalkForward.run({ ...rich, capital: "1000" })));
    const { errors } = Result.getOrThrow(Result.flip(WalkForward.run({ ...rich, capital: "999999999999" })));
    assert.equal(errors[0]?.path, "capital");
    assert.match(
      errors[0]?.message ?? "",
      /^\d{13}\.\d\d is what the tests before .* more than an account may/,
    );
  });

  it.each([
    ["no sets", { candidates: [] }, /^candidates: an empty sweep/],
    ["a strategy nobody knows", { strategy: "ema_crosover" }, /"ema_crosover" is refused: no such strategy/],
    ["no capital", { capital: "0" }, /capital: "0" is refused/],
  ])("with %s says so", (_, more, message) => {
    assert.match(Result.getOrThrow(Result.flip(WalkForward.run({ ...options, ...more }))).message, message);
  });

  it("has an efficiency and a JSON form", () => {
    const json = JSON.parse(JSON.stringify(WalkForward.toJson(result)));
    assert.equal(json.folds.length, 4);
    assert.equal(json.efficiency, result.efficiency);
    assert.equal(json.performance.end_equity, result.performance.endEquity);
  });
});
