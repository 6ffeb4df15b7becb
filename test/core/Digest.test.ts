import { assert, describe, it } from "@effect/vitest";
import { Digest } from "@strom/core";
import fc from "fast-check";

describe("Digest", () => {
  it("does not depend on the order keys were written in, nor on absent ones", () => {
    assert.strictEqual(
      Digest.of({ a: 1, b: [2, { c: 3n }] }),
      Digest.of({ b: [2, { c: "3" }], a: 1, z: undefined }),
    );
    assert.notStrictEqual(Digest.of([1, 2]), Digest.of([2, 1]));
  });

  it("is the SHA-256 of the canonical JSON", () => {
    assert.strictEqual(Digest.canonical({ b: -0, a: [true, null, "é"] }), '{"a":[true,null,"é"],"b":0}');
    assert.strictEqual(Digest.empty, "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945");
  });

  it("agrees with JSON about any JSON value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.deepStrictEqual(JSON.parse(Digest.canonical(value)), JSON.parse(JSON.stringify(value)));
        assert.strictEqual(Digest.of(value), Digest.of(JSON.parse(JSON.stringify(value))));
      }),
    );
  });

  it("folds a sequence so that order and every element count", () => {
    const fold = (...values: ReadonlyArray<unknown>) => values.reduce<string>(Digest.fold, Digest.empty);
    const all = [fold(), fold(1), fold(1, 2), fold(2, 1), fold([1, 2]), fold(12)];
    assert.strictEqual(new Set(all).size, all.length);
  });

  it("refuses what has no canonical form", () => {
    for (const value of [Number.NaN, Infinity, () => 1, Symbol("x"), { deep: [Number.NaN] }]) {
      assert.throws(() => Digest.of(value), TypeError);
    }
  });
});
