import { readFileSync } from "node:fs";
import { assert, describe, it } from "@effect/vitest";
import { Backtest, Bollinger, Keltner, Strategy, Vwap } from "@strom/core";
import { Schema } from "effect";
import { walk } from "../backtest/Walks.ts";

const manifest = JSON.parse(readFileSync(new URL("../../../core/package.json", import.meta.url), "utf8"));

/** A definition as plain JavaScript may write it. */
const make = (params: unknown, answer?: unknown) => {
  const given: ReturnType<typeof JSON.parse> = params;
  const answered: ReturnType<typeof JSON.parse> = answer;
  return Strategy.make({
    key: "mine",
    name: "Mine",
    description: "Nothing.",
    params: given,
    warmup: () => 0,
    init: () => 0,
    step: () => answered,
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

describe("what plain JavaScript forgets", () => {
  it.each([undefined, [0]])("a step that returns %j is told by strategy and bar", (answer) => {
    const strategy = make(Schema.Struct({}), answer);
    const bars = walk(50);
    const at = new Date(bars.from[0] ?? 0).toISOString();
    assert.throws(
      () => Backtest.run({ bars: [bars], strategies: [{ strategy }] }),
      `strategy mine: step returned ${JSON.stringify(answer)} for the bar of ${bars.symbol} at ${at}; it returns`,
    );
  });

  it("indicators refuse what would make them NaN, or another one", () => {
    const given: ReturnType<typeof JSON.parse> = { length: 1, atrLength: 1 };
    const week: ReturnType<typeof JSON.parse> = "week";
    assert.throws(() => Bollinger.init(given), RangeError, "deviations: a number is needed, not undefined");
    assert.throws(() => Keltner.init(given), RangeError, "multiplier: a number is needed, not undefined");
    assert.throws(() => Vwap.init(week), RangeError, 'anchor: "start" or "day" is needed, not "week"');
  });
});
