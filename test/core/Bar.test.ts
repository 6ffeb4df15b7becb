import { assert, describe, it } from "@effect/vitest";
import { Bar, Columns } from "@strom/core";
import { Result, Schema } from "effect";
import fc from "fast-check";

const good: Bar.Bar = {
  symbol: "SPY",
  from: 0,
  to: 60_000,
  open: 10,
  high: 12,
  low: 9,
  close: 11,
  volume: 5,
  ticks: 4,
};

describe("Bar", () => {
  it("folds prices into their first, highest, lowest and last", () => {
    const bar = Bar.fold("SPY", 0, 60_000, [
      { at: 0, price: 10, volume: 1 },
      { at: 1, price: 12, volume: 1 },
      { at: 2, price: 9 },
      { at: 59_999, price: 11, volume: 3 },
    ]);
    assert.deepStrictEqual(bar, good);
  });

  it("counts a price at its start as inside and one at its end as the next bar's", () => {
    const prices = [0, 999, 1_000, 1_999, 2_000].map((at) => ({ at, price: at + 1 }));
    assert.deepInclude(Bar.fold("X", 0, 1_000, prices), { open: 1, close: 1_000, ticks: 2 });
    assert.deepInclude(Bar.fold("X", 1_000, 2_000, prices), { open: 1_001, close: 2_000, ticks: 2 });
  });

  it("has no bar where nothing was priced, only a stale one on request", () => {
    assert.isNull(Bar.fold("X", 0, 1_000, [{ at: 1_000, price: 1 }]));
    const stale = Bar.stale("X", 0, 1_000, 7);
    assert.isTrue(Bar.isStale(stale));
    assert.isTrue(Result.isSuccess(Bar.validate(stale)));
  });

  it("folds any valid prices into a valid bar that holds all of them", () => {
    const price = fc.integer({ min: 1, max: 10_000_000 }).map((n) => n / 1e6);
    fc.assert(
      fc.property(fc.array(price, { minLength: 1 }), (prices) => {
        const bar = Bar.fold(
          "X",
          0,
          prices.length,
          prices.map((p, at) => ({ at, price: p })),
        );
        assert.isNotNull(bar);
        assert.isTrue(Result.isSuccess(Bar.validate(bar)));
        assert.isTrue(prices.every((p) => p >= bar.low && p <= bar.high));
        assert.strictEqual(bar.ticks, prices.length);
      }),
    );
  });

  it.each<[keyof Bar.Bar, Partial<Bar.Bar>]>([
    ["symbol", { symbol: "" }],
    ["open", { open: Number.NaN }],
    ["open", { open: 13 }],
    ["high", { high: Infinity }],
    ["low", { low: 0 }],
    ["low", { low: 13 }],
    ["low", { low: -1 }],
    ["close", { close: 8 }],
    ["volume", { volume: -1 }],
    ["ticks", { ticks: 0.5 }],
    ["from", { from: 0.5 }],
    ["to", { to: 0 }],
  ])("refuses a bar with a wrong %s: %o", (field, change) => {
    const refused = Bar.validate({ ...good, ...change });
    assert.strictEqual(Result.isFailure(refused) && refused.failure.field, field);
  });

  it("refuses time that does not move forward", () => {
    assert.isTrue(Result.isSuccess(Bar.validate({ ...good, from: 60_000, to: 120_000 }, good)));
    const refused = Bar.validate(good, good);
    assert.include(String(Result.isFailure(refused) && refused.failure.message), "time must move forward");
  });

  it("goes through JSON and columns unchanged", () => {
    const json = JSON.parse(JSON.stringify(Schema.encodeSync(Bar.Bar)(good)));
    assert.deepStrictEqual(Schema.decodeUnknownSync(Bar.Bar)(json), good);
    const columns = Columns.fromBars("SPY", [good]);
    assert.deepStrictEqual(Columns.bar(columns, 0), { ...good, ticks: 1 });
    assert.throws(() => Columns.bar(columns, 1), RangeError);
  });
});
