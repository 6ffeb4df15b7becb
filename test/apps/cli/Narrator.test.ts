import { assert, describe, it } from "@effect/vitest";
import * as Narrator from "@strom/apps/cli/Narrator.ts";
import * as Paint from "@strom/apps/cli/Paint.ts";
import { Event, Id } from "@strom/core";
import { Result, Schema } from "effect";

const agentId = Schema.decodeUnknownSync(Id.AgentId)("8c1f2f0e-6f0a-4c1c-9d57-6d2f3b1a9e10");
const at = Date.UTC(2026, 0, 5, 9, 15, 30);

const changed = Event.agentChanged({
  agentId,
  at,
  sequence: 3,
  from: "RUNNING",
  to: "ERROR",
  configVersion: 1,
  reason: "five poisoned events in a row",
});

describe("The narrator", () => {
  it("tells an agent's failure in one line, with the time of day and its name", () => {
    assert.strictEqual(
      Narrator.line(Paint.make(false), "demo", changed),
      "09:15:30  demo  error   five poisoned events in a row",
    );
  });
  it("is silent about what nobody waits for", () => {
    const tick = Event.agentTick({ agentId, at, slot: 1, frequencySeconds: 1, missed: 0 });
    assert.isNull(Narrator.line(Paint.make(false), "demo", tick));
    assert.isNull(Narrator.line(Paint.make(false), "demo", { ...changed, to: "STOPPED" }));
  });
  it("reads events back from the journal's form", () => {
    assert.isTrue(Result.isSuccess(Event.decode(Event.encode(changed))));
  });
});

describe("Colour", () => {
  const escape = "\u001b[";
  it("is for terminals", () => {
    assert.include(Paint.forStream({ isTTY: true }, undefined).red("x"), escape);
    assert.strictEqual(Paint.forStream({ isTTY: false }, undefined).red("x"), "x");
    assert.strictEqual(Paint.forStream({}, undefined).red("x"), "x");
  });
  it("is off when NO_COLOR is set to anything", () => {
    assert.strictEqual(Paint.forStream({ isTTY: true }, "1").red("x"), "x");
    assert.include(Paint.forStream({ isTTY: true }, "").red("x"), escape);
  });
});
