import { createHash } from "node:crypto";
import { assert, describe, it } from "@effect/vitest";
import { Id } from "@strom/core";
import { Result, Schema } from "effect";
import fc from "fast-check";

const part = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.bigInt(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

describe("Id", () => {
  it("derives a lower-case version 4 UUID from whatever it is about", () => {
    fc.assert(
      fc.property(fc.string(), fc.array(part), (namespace, parts) => {
        const id = Id.derive(namespace, ...parts);
        assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        assert.strictEqual(id, Id.derive(namespace, ...parts));
        assert.strictEqual(Schema.decodeSync(Id.Uuid)(id), id);
      }),
    );
  });

  it("never changes: these ids are in people's databases", () => {
    assert.strictEqual(Id.strategy("ema_crossover"), "11f39f3e-70a4-4fc4-ba4f-e2e03161d699");
    assert.strictEqual(Id.derive("a", "b", 1), "cb35fe51-a5fa-41f9-9b8a-e55da721fb96");
  });

  it("is the SHA-256 of its parts, whatever their length and letters", () => {
    const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ minLength: 400, maxLength: 700 }));
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 3 }), (parts) => {
        const [namespace = "", ...rest] = parts;
        const hex = createHash("sha256").update(Id.encodeParts(parts)).digest("hex");
        const derived = Id.derive(namespace, ...rest).replaceAll("-", "");
        assert.strictEqual(derived.slice(0, 12), hex.slice(0, 12));
        assert.strictEqual(derived.slice(13, 16), hex.slice(13, 16));
        assert.strictEqual(derived.slice(17), hex.slice(17, 32));
      }),
    );
  });

  it("tells apart lists that read alike when glued together", () => {
    const lists: ReadonlyArray<ReadonlyArray<Id.Part>> = [
      ["ab", "c"],
      ["a", "bc"],
      ["abc"],
      ["a", "b", "c"],
      ["abc", ""],
      ["", "abc"],
      [1, 23],
      [12, 3],
      [123],
      ["123"],
      [1.5],
      ["1.5"],
      ["s1:a"],
      ["1:as", 1],
    ];
    const ids = lists.map((parts) => Id.derive("test", ...parts));
    assert.strictEqual(new Set(ids).size, lists.length);
    assert.notStrictEqual(Id.derive("a", "b"), Id.derive("ab"));
  });

  it("takes a slot as a number or a bigint for the same key", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (n) => {
        assert.strictEqual(Id.derive("slot", n), Id.derive("slot", BigInt(n)));
      }),
    );
  });

  it("refuses to name a thing by what is no number", () => {
    assert.throws(() => Id.derive("x", Number.NaN), RangeError);
    assert.throws(() => Id.derive("x", Infinity), RangeError);
  });

  it("accepts only lower-case UUIDs at the edge", () => {
    for (const text of [
      "",
      "not-a-uuid",
      "11F39F3E-70A4-4FC4-BA4F-E2E03161D699",
      " 11f39f3e-70a4-4fc4-ba4f-e2e03161d699",
    ]) {
      assert.isTrue(Result.isFailure(Schema.decodeUnknownResult(Id.AgentId)(text)), text);
    }
  });
});
