import { assert, describe, it } from "@effect/vitest";
import { Money } from "@strom/core";
import { Result, Schema } from "effect";
import fc from "fast-check";

const micro = fc.bigInt({ min: -Money.MAX, max: Money.MAX });
const price = fc.bigInt({ min: 1n, max: Money.MAX_PRICE });
const nonZero = micro.filter((x) => x !== 0n);

/** The oracle: an exact fraction, rounded by looking at floor and ceiling, knowing nothing of the code. */
const halfEven = (numerator: bigint, denominator: bigint): bigint => {
  const [n, d] = denominator < 0n ? [-numerator, -denominator] : [numerator, denominator];
  const floor = n >= 0n ? n / d : -((-n + d - 1n) / d);
  const below = n - floor * d;
  const above = (floor + 1n) * d - n;
  if (below !== above) return below < above ? floor : floor + 1n;
  return floor % 2n === 0n ? floor : floor + 1n;
};

const failure = (result: Result.Result<bigint, Money.MoneyError>): Money.MoneyError => {
  if (Result.isFailure(result)) return result.failure;
  throw new Error(`expected a refusal, got ${result.success}`);
};

describe("Money", () => {
  it("reads back exactly what it writes", () => {
    fc.assert(
      fc.property(micro, (x) => {
        assert.strictEqual(Result.getOrThrow(Money.parseCash(Money.format(x))), x);
        assert.strictEqual(Result.getOrThrow(Money.parseQty(Money.formatFixed(x))), x);
      }),
    );
  });

  it.each([
    [100_000_000_000n, "100000", "100000.00"],
    [7_424_910_000n, "7424.91", "7424.91"],
    [-1n, "-0.000001", "0.00"],
    [0n, "0", "0.00"],
    [5_000n, "0.005", "0.00"],
    [15_000n, "0.015", "0.02"],
    [-15_000n, "-0.015", "-0.02"],
    [999_995_000n, "999.995", "1000.00"],
  ])("writes %s millionths as %s, and as %s with two decimals", (x, shortest, fixed) => {
    assert.strictEqual(Money.format(x), shortest);
    assert.strictEqual(Money.formatFixed(x, 2), fixed);
  });

  it("rounds every product and quotient half to even, as exact fractions do", () => {
    fc.assert(
      fc.property(micro, micro, nonZero, (a, b, c) => {
        assert.strictEqual(Money.mulDiv(a, b, c), halfEven(a * b, c));
        assert.strictEqual(Money.divide(a, c), halfEven(a * Money.ONE, c));
        assert.strictEqual(Money.multiply(a, b), halfEven(a * b, Money.ONE));
        assert.strictEqual(Money.bps(a, 25n), halfEven(a * 25n, 10_000n));
        assert.strictEqual(Money.bps(a, 2.5), halfEven(a * 25n, 100_000n));
      }),
    );
  });

  it("rounds ties to even in both directions", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -1_000_000n, max: 1_000_000n }),
        fc.bigInt({ min: 1n, max: 1_000n }),
        (k, half) => {
          const rounded = Money.mulDiv(k * 2n * half + half, 1n, 2n * half);
          assert.strictEqual(rounded % 2n, 0n);
          assert.isTrue(rounded === k || rounded === k + 1n);
        },
      ),
    );
  });

  it("values a quantity at a price with one rounding", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
        fc.bigInt({ min: 1n, max: 10n ** 12n }),
        (q, p) => {
          assert.strictEqual(Money.notional(Money.qty(q), Money.price(p)), halfEven(q * p, Money.ONE));
        },
      ),
    );
  });

  it("rounds to fewer decimals within half a unit", () => {
    fc.assert(
      fc.property(micro, fc.integer({ min: 0, max: 6 }), (x, decimals) => {
        const unit = 10n ** BigInt(6 - decimals);
        assert.strictEqual(Money.roundTo(x, decimals), halfEven(x, unit) * unit);
        assert.strictEqual(
          Money.formatFixed(x, decimals),
          Money.formatFixed(Money.roundTo(x, decimals), decimals),
        );
      }),
    );
  });

  it("gives each price a double of its own, and the price back from it", () => {
    fc.assert(
      fc.property(price, (p) => {
        const n = Money.toNumber(p);
        assert.strictEqual(Result.getOrThrow(Money.priceFromNumber(n)), p);
        assert.strictEqual(n, Number(Money.format(p)));
        if (p < Money.MAX_PRICE) assert.isBelow(n, Money.toNumber(p + 1n));
      }),
    );
  });

  it("keeps price and double one to one at the very top of the range", () => {
    for (let p = Money.MAX_PRICE - 2_000n; p <= Money.MAX_PRICE; p += 1n) {
      assert.strictEqual(Result.getOrThrow(Money.priceFromNumber(Money.toNumber(p))), p);
    }
  });

  it("refuses numbers that no six decimals can write", () => {
    for (const n of [Number.NaN, Infinity, -Infinity, 0, -0, -1, 1e-7, 0.1 + 0.2, 2 ** 33, 1 / 3, 1e300]) {
      assert.instanceOf(failure(Money.priceFromNumber(n)), Money.MoneyError);
    }
  });

  it.each([
    ["NaN", "plain decimal"],
    ["Infinity", "plain decimal"],
    ["1e5", "plain decimal"],
    ["", "plain decimal"],
    [" 1", "plain decimal"],
    ["+1", "plain decimal"],
    ["1,000", "plain decimal"],
    ["00.5", "plain decimal"],
    [".5", "plain decimal"],
    ["5.", "plain decimal"],
    ["0x10", "plain decimal"],
    ["٣", "plain decimal"],
    ["1.1234567", "at most 6 decimals"],
    ["1000000000000", "below 1000000000000"],
    ["-1000000000000.5", "below 1000000000000"],
  ])("refuses %j and says why", (text, reason) => {
    for (const parse of [Money.parsePrice, Money.parseQty, Money.parseCash]) {
      const error = failure(parse(text));
      assert.strictEqual(error.input, JSON.stringify(text));
      assert.include(error.reason, reason);
    }
  });

  it("takes a sum of the books that no single amount may be, and stops where the ledger's columns do", () => {
    const sum = Result.getOrThrow(Money.parseSum("999999999999999999.999999"));
    assert.strictEqual(sum, Money.cash(Money.MAX_SUM));
    assert.strictEqual(Money.format(sum), "999999999999999999.999999");
    assert.include(failure(Money.parseSum("1000000000000000000")).reason, "below 1000000000000000000");
    assert.throws(() => Money.cash(Money.MAX_SUM + 1n), RangeError);
    assert.throws(() => Money.qty(Money.MAX + 1n), RangeError);
  });

  it("refuses a price of zero, below zero, or beyond the doubles", () => {
    for (const text of ["0", "-0", "0.000000", "-1", "8589934592"]) failure(Money.parsePrice(text));
    assert.strictEqual(Result.getOrThrow(Money.parsePrice("8589934591.999999")), Money.MAX_PRICE);
  });

  it("dies loudly when a computed amount leaves the record's range", () => {
    const top = Money.cash(Money.MAX);
    assert.throws(() => Money.plus(top, Money.cash(1n)), RangeError);
    assert.throws(() => Money.minus(Money.negate(top), Money.cash(1n)), RangeError);
    assert.throws(() => Money.price(0n), RangeError);
    assert.throws(() => Money.divide(1n, 0n), RangeError);
    assert.throws(() => Money.roundTo(1n, 7), RangeError);
    assert.throws(() => Money.floorToLot(Money.qty(1n), Money.qty(0n)), RangeError);
  });

  it("cuts a quantity down to whole lots, towards zero", () => {
    const cut = (q: bigint, lot: bigint) => Money.floorToLot(Money.qty(q), Money.qty(lot));
    assert.strictEqual(cut(2_500_000n, 1_000_000n), 2_000_000n);
    assert.strictEqual(cut(-2_500_000n, 1_000_000n), -2_000_000n);
    assert.strictEqual(cut(999_999n, 1_000_000n), 0n);
    assert.strictEqual(cut(7n, 1n), 7n);
  });

  it("decodes decimal strings at the edge with the same refusals", () => {
    fc.assert(
      fc.property(price, (p) => {
        const text = Schema.encodeUnknownSync(Money.PriceFromString)(p);
        assert.strictEqual(Schema.decodeSync(Money.PriceFromString)(text), p);
      }),
    );
    const refused = Schema.decodeUnknownResult(Money.CashFromString)("1.1234567");
    assert.include(String(Result.isFailure(refused) && refused.failure), "at most 6 decimals");
    assert.isTrue(Result.isFailure(Schema.decodeUnknownResult(Money.QtyFromString)(5)));
  });
});
