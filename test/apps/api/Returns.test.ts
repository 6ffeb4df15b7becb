import { assert, describe, it } from "@effect/vitest";
import * as Returns from "@strom/apps/api/Returns.ts";

/** Equity that alternates between two returns, for a Sharpe that can be worked out by hand. */
const alternating = (count: number, up: number, down: number): ReadonlyArray<number> => {
  const equity = [100];
  for (let n = 0; n < count; n++) equity.push((equity[n] ?? 0) * (1 + (n % 2 === 0 ? up : down)));
  return equity;
};

describe("Sharpe", () => {
  it("is the mean over the deviation, annualised", () => {
    const sharpe = Returns.sharpe(alternating(24, 0.02, -0.01), 1);
    // mean 0.005; deviation 0.015 × √(24/23)
    assert.approximately(sharpe ?? 0, 0.005 / (0.015 * Math.sqrt(24 / 23)), 1e-9);
  });
  it("is null for fewer than 24 returns", () => {
    assert.isNull(Returns.sharpe(alternating(23, 0.02, -0.01), 1));
  });
  it("is null on a flat account, not 1e17", () => {
    assert.isNull(
      Returns.sharpe(
        Array.from({ length: 50 }, () => 100_000),
        1,
      ),
    );
    assert.isNull(Returns.sharpe(alternating(50, 1e-13, 1e-13), 1));
  });
  it("is null when equity was lost altogether", () => {
    assert.isNull(Returns.sharpe([100, 0, ...Array.from({ length: 30 }, () => 1)], 1));
  });
});

describe("The deepest drawdown", () => {
  it("is measured from the peak before it", () => {
    assert.approximately(Returns.maxDrawdown([100, 120, 90, 130, 117]), 0.25, 1e-12);
  });
  it("is zero on the way up, and for nothing", () => {
    assert.strictEqual(Returns.maxDrawdown([1, 2, 3]), 0);
    assert.strictEqual(Returns.maxDrawdown([]), 0);
  });
});
