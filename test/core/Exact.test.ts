import { assert, describe, it } from "@effect/vitest";
import { Exact, Money } from "@strom/core";
import fc from "fast-check";

/** Whole numbers of every size, with the neighbours of powers of two among them. */
const whole = (bits: number) =>
  fc.oneof(
    fc.integer({ min: 0, max: bits }).chain((size) => fc.bigInt({ min: 0n, max: (1n << BigInt(size)) - 1n })),
    fc.tuple(fc.integer({ min: 0, max: bits }), fc.bigInt({ min: -2n, max: 2n })).map(([size, by]) => {
      const near = (1n << BigInt(size)) + by;
      return near < 0n ? 0n : near;
    }),
  );

const divisor = fc.oneof(
  fc.constantFrom(1n, 2n, 3n, 10_000n, 1_000_000n, 100_000_000n),
  fc.bigInt({ min: 1n, max: 1n << 27n }),
);

describe("Exact", () => {
  it("multiplies and divides as bigints do, half to even, or says that it cannot", () => {
    fc.assert(
      fc.property(whole(54), whole(54), divisor, (a, b, c) => {
        const quick = Exact.mulDiv(Number(a), Number(b), Number(c));
        const exact = Money.mulDiv(a, b, c);
        const fits = a < 1n << 53n && b < 1n << 53n && (a * b) / c <= 1n << 52n;
        if (fits) assert.strictEqual(BigInt(quick), exact);
        else if (!Number.isNaN(quick)) assert.strictEqual(BigInt(quick), exact);
      }),
    );
  });

  it("sends an exact half to the even neighbour", () => {
    fc.assert(
      fc.property(whole(30), fc.constantFrom(2n, 10_000n, 1_000_000n), (n, c) => {
        const half = (2n * n + 1n) * (c / 2n);
        assert.strictEqual(Exact.mulDiv(Number(half), 1, Number(c)) % 2, 0);
      }),
    );
  });

  it("refuses what does not fit", () => {
    assert.isNaN(Exact.mulDiv(2 ** 53, 1, 1));
    assert.isNaN(Exact.mulDiv(1, 2 ** 54, 1));
    assert.isNaN(Exact.mulDiv(1, 1, 2 ** 28));
    assert.isNaN(Exact.mulDiv(2 ** 40, 2 ** 40, 1));
  });
});
