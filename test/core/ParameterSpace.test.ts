import { Catalog, ParameterSpace } from "@strom/core";
import { Result } from "effect";
import { assert, describe, it } from "vitest";

const strategyOf = (key: string) => {
  const strategy = Catalog.find(Catalog.make(Catalog.builtIn), key);
  if (strategy === undefined) throw new Error(key);
  return strategy;
};

const ema = strategyOf("ema_crossover");
const reasonOf = (result: Result.Result<ParameterSpace.Space, ParameterSpace.SpaceInvalid>): string =>
  Result.getOrThrow(Result.flip(result)).message;

describe("a grid of parameters", () => {
  it("has every combination in order, the last axis fastest, without those the strategy refuses", () => {
    const axes = { ema_fast: [5, 10], ema_slow: { from: 5, to: 15, step: 5 } };
    const space = Result.getOrThrow(ParameterSpace.grid(ema, axes));
    assert.deepEqual(space.candidates, [
      { ema_fast: 5, ema_slow: 10 },
      { ema_fast: 5, ema_slow: 15 },
      { ema_fast: 10, ema_slow: 15 },
    ]);
    assert.equal(space.refused, 3);
  });

  it("is that of a built-in strategy's key, too", () => {
    const axes = { ema_fast: [5, 10] };
    assert.deepEqual(ParameterSpace.grid("ema_crossover", axes), ParameterSpace.grid(ema, axes));
    assert.match(
      reasonOf(ParameterSpace.grid("luck", axes)),
      /^strategy: luck: no such strategy, there is ema_/,
    );
  });

  it("steps through tenths without a remainder", () => {
    const space = ParameterSpace.grid(strategyOf("zscore_reversion"), {
      entry_z: { from: 1, to: 1.5, step: 0.1 },
    });
    const { candidates } = Result.getOrThrow(space);
    [1, 1.1, 1.2, 1.3, 1.4, 1.5].forEach((entry, i) => {
      assert.nestedPropertyVal(candidates[i], "entry_z", entry);
    });
    assert.equal(candidates.length, 6);
  });

  it("keeps what is fixed, and the defaults of the rest", () => {
    const space = Result.getOrThrow(ParameterSpace.grid(ema, { ema_fast: [5] }, { ema_slow: 50 }));
    assert.deepEqual(space.candidates, [{ ema_fast: 5, ema_slow: 50 }]);
    assert.deepEqual(Result.getOrThrow(ParameterSpace.grid(ema, {})).candidates, [
      { ema_fast: 9, ema_slow: 21 },
    ]);
  });

  it("counts a set once", () => {
    assert.equal(Result.getOrThrow(ParameterSpace.grid(ema, { ema_fast: [5, 5, 5] })).candidates.length, 1);
  });

  it.each<[string, ParameterSpace.Axes, RegExp]>([
    [
      "an unknown parameter",
      { ema_quick: [1] },
      /^ema_quick: no parameter of ema_crossover; there are ema_fast, ema_slow$/,
    ],
    ["an empty axis", { ema_fast: [] }, /^ema_fast: no value to try/],
    ["an axis backwards", { ema_fast: { from: 9, to: 3 } }, /^ema_fast: from 9 to 3: .* the smaller first/],
    ["a step of nothing", { ema_fast: { from: 3, to: 9, step: 0 } }, /^ema_fast: a step of 0/],
    ["an endless axis", { ema_fast: { from: 1, to: 1e9 } }, /^ema_fast: 1000000000 values; at most 100000/],
    [
      "too many",
      { ema_fast: { from: 1, to: 500 }, ema_slow: { from: 501, to: 1000 } },
      /500 × 500 = 250000 sets; at most 100000/,
    ],
    [
      "none that the strategy takes",
      { ema_fast: [50], ema_slow: [20] },
      /an empty sweep: ema_crossover refuses all 1 sets \(ema_fast: /,
    ],
    ["no axis", { ema_fast: JSON.parse("null") }, /^ema_fast: null is refused: a list of values is needed/],
    [
      "a number for an axis",
      { ema_fast: JSON.parse("5") },
      /^ema_fast: 5 is refused: .* \{ from, to, step \}$/,
    ],
    ["no axes", JSON.parse("null"), /^axes: null is refused/],
  ])("with %s is refused by name", (_, axes, expected) => {
    assert.match(reasonOf(ParameterSpace.grid(ema, axes)), expected);
  });
});

it("a space is one of a strategy", () => {
  assert.match(
    reasonOf(ParameterSpace.grid(JSON.parse("{}"), { ema_fast: [5] })),
    /^strategy: \{\} is refused: /,
  );
});

describe("draws of parameters", () => {
  const axes = { ema_fast: { from: 2, to: 40 }, ema_slow: { from: 20, to: 200 } };

  it("are the same for a seed and others for another", () => {
    const draw = (seed: number) => Result.getOrThrow(ParameterSpace.random(ema, axes, 50, seed)).candidates;
    assert.deepEqual(draw(1), draw(1));
    assert.notDeepEqual(draw(1), draw(2));
    assert.isAbove(draw(1).length, 40);
  });

  it("do not change those before them when more are asked for", () => {
    const few = Result.getOrThrow(ParameterSpace.random(ema, axes, 10)).candidates;
    const many = Result.getOrThrow(ParameterSpace.random(ema, axes, 100)).candidates;
    assert.deepEqual(many.slice(0, few.length), few);
  });

  it("want a count that can be drawn", () => {
    assert.match(reasonOf(ParameterSpace.random(ema, axes, 0)), /0 draws; a whole number from 1/);
  });
});
