import { readFileSync } from "node:fs";
import { assert, describe, it } from "@effect/vitest";
import { Strategy } from "@strom/core";
import { Schema } from "effect";

const manifest = JSON.parse(readFileSync(new URL("../../../core/package.json", import.meta.url), "utf8"));

/** A definition as plain JavaScript may write it. */
const make = (params: unknown) => {
  const any: ReturnType<typeof JSON.parse> = params;
  return Strategy.make({
    key: "mine",
    name: "Mine",
    description: "Nothing.",
    params: any,
    warmup: () => 0,
    init: () => 0,
    step: (_, state) => [state, null],
  });
};

describe("parameters that are no schema", () => {
  it("are said to be of another effect where they are, by the version that is needed", () => {
    const version = `effect@${manifest.dependencies.effect}`;
    // What a schema of effect 3 looks like from outside: a function that has its syntax tree.
    const ofAnother = Object.assign(() => {}, { ast: { _tag: "TypeLiteral" } });
    const message = `strategy mine: params is a Schema of another version of effect: this package uses ${version}`;
    assert.throws(() => make(ofAnother), message);
    assert.throws(() => make({ length: 5 }), `a Schema.Struct of ${version} is needed`);
  });

  it("are asked for where there are none", () => {
    assert.throws(() => make(undefined), "params is needed, a Schema.Struct; Schema.Struct({}) for none");
    assert.strictEqual(make(Schema.Struct({})).key, "mine");
  });
});
