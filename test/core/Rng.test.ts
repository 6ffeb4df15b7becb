import { assert, describe, it } from "@effect/vitest";
import { Rng } from "@strom/core";
import fc from "fast-check";
import { ln, quantile } from "../../core/src/Normal.ts";

const draws = <A>(count: number, seed: Rng.Seed, draw: (state: Rng.State) => [A, Rng.State]): Array<A> => {
  const out: Array<A> = [];
  let state = Rng.make(seed);
  for (let n = 0; n < count; n++) {
    const [value, next] = draw(state);
    out.push(value);
    state = next;
  }
  return out;
};

const mean = (values: ReadonlyArray<number>) => values.reduce((sum, x) => sum + x, 0) / values.length;

describe("Rng", () => {
  it("draws the same for the same seed, through JSON at any point", () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.bigInt(), fc.string()), (seed) => {
        let plain = Rng.make(seed);
        let stored = Rng.make(seed);
        for (let n = 0; n < 10; n++) {
          const [a, nextPlain] = Rng.normal(plain);
          const [b, nextStored] = Rng.normal(stored);
          assert.strictEqual(a, b);
          plain = nextPlain;
          stored = JSON.parse(JSON.stringify(nextStored));
        }
      }),
    );
  });

  it("leaves the state it was given as it was", () => {
    const state = Object.freeze(Rng.make(1)) as Rng.State;
    assert.deepStrictEqual(Rng.uniform(state), Rng.uniform(state));
  });

  it("never changes: seeds are the bug reports", () => {
    assert.deepStrictEqual(
      draws(3, 42, Rng.uniform),
      [0.7464604047036023, 0.43098473174780605, 0.7581353172130506],
    );
  });

  it("spreads uniform draws evenly over [0, 1)", () => {
    const values = draws(20_000, "uniform", Rng.uniform);
    assert.isTrue(values.every((u) => u >= 0 && u < 1));
    assert.approximately(mean(values), 0.5, 0.01);
    for (let tenth = 0; tenth < 10; tenth++) {
      const share = values.filter((u) => Math.floor(u * 10) === tenth).length / values.length;
      assert.approximately(share, 0.1, 0.01);
    }
  });

  it("draws normals of mean 0, variance 1, and the tails of a normal", () => {
    const values = draws(50_000, "normal", Rng.normal);
    assert.approximately(mean(values), 0, 0.02);
    assert.approximately(mean(values.map((x) => x * x)), 1, 0.03);
    assert.approximately(mean(values.map((x) => x ** 4)), 3, 0.2);
    assert.approximately(values.filter((x) => Math.abs(x) > 1.959964).length / values.length, 0.05, 0.004);
    assert.isTrue(values.every(Number.isFinite));
  });

  it("gives keys streams of their own", () => {
    const a = Rng.fork(1, "BTC-USD");
    assert.deepStrictEqual(a, Rng.fork(1, "BTC-USD"));
    assert.notDeepEqual(a, Rng.fork(1, "ETH-USD"));
    assert.notDeepEqual(a, Rng.fork(2, "BTC-USD"));
    assert.notDeepEqual(Rng.fork(1, "a", "b"), Rng.fork(1, "ab"));
    const pairs = Array.from({ length: 5_000 }, (_, n) => [
      Rng.uniformFrom(7, "a", n),
      Rng.uniformFrom(7, "b", n),
    ]);
    const together = mean(pairs.map(([x = 0, y = 0]) => (x - 0.5) * (y - 0.5)));
    assert.approximately(together * 12, 0, 0.05);
  });

  it("draws whole numbers within both bounds", () => {
    const values = draws(2_000, 3, (state) => Rng.integer(state, -2, 2));
    assert.deepStrictEqual(
      [...new Set(values)].sort((a, b) => a - b),
      [-2, -1, 0, 1, 2],
    );
  });

  it("computes logarithms and normal quantiles to the last digits by arithmetic alone", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => {
        assert.approximately(ln(x), Math.log(x), 1e-15 + Math.abs(Math.log(x)) * 4e-15);
      }),
    );
    const table = [
      [0.5, 0],
      [0.6, 0.2533471031357997],
      [0.9, 1.2815515655446004],
      [0.975, 1.959963984540054],
      [0.001, -3.090232306167813],
      [1e-10, -6.361340902404056],
      [1e-15, -7.941345326170997],
    ];
    for (const [p = 0, x = 0] of table) assert.approximately(quantile(p), x, 1e-14);
  });
});
