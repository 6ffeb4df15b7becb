import { assert, describe, it } from "@effect/vitest";
import fc from "fast-check";
import * as Normal from "../../core/src/Normal.ts";
import * as Numeric from "../../core/src/Numeric.ts";

const relative = (a: number, b: number): number => (a === b ? 0 : Math.abs(a - b) / Math.abs(b));

describe("Numeric", () => {
  it("knows e^x as the engine does, to a few units in the last place", () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 709, noNaN: true }), (x) => {
        assert.isBelow(relative(Numeric.exp(x), Math.exp(x)), 2e-15);
      }),
    );
    assert.deepStrictEqual(
      [Numeric.exp(0), Numeric.exp(1_000), Numeric.exp(-1_000)],
      [1, Number.POSITIVE_INFINITY, 0],
    );
    assert.isNaN(Numeric.exp(Number.NaN));
  });

  it("undoes the logarithm", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => {
        assert.isBelow(relative(Numeric.exp(Numeric.ln(x)), x), 1e-12);
        assert.isBelow(Math.abs(Numeric.ln(x) - Math.log(x)), 1e-15 * (1 + Math.abs(Math.log(x))));
      }),
    );
  });

  it("raises to a power as the engine does, to the error it states", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        fc.double({ min: -20, max: 20, noNaN: true }),
        (x, y) => {
          const exact = x ** y;
          assert.isBelow(relative(Numeric.pow(x, y), exact), 2e-15 * (1 + Math.abs(y * Math.log(x))));
        },
      ),
    );
  });
});

describe("Normal", () => {
  it("finds again the probability of every quantile", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true }), (p) => {
        assert.isBelow(Math.abs(Normal.cdf(Normal.quantile(p)) - p), 2e-15 + 1e-11 * Math.min(p, 1 - p));
      }),
    );
  });

  it.each([
    [0, 0.5],
    [1, 0.841_344_746_068_542_9],
    [-1.96, 0.024_997_895_148_220_435],
    [3, 0.998_650_101_968_369_9],
    [-8, 6.220_960_574_271_785e-16],
    [40, 1],
    [-40, 0],
  ])("has the tabled probability below %s", (x, p) => {
    assert.isBelow(Math.abs(Normal.cdf(x) - p), 1e-15);
  });
});
