import { assert, describe, it } from "@effect/vitest";
import { Slot } from "@strom/core";
import fc from "fast-check";
import * as Worlds from "./Worlds.ts";

const frequency = fc.constantFrom(1, 7, 60, 86_400, 604_800);
const now = fc.integer({ min: 0, max: 4_000_000_000_000 });

describe("Slot", () => {
  it("has every instant in exactly one slot, the newest that has begun", () => {
    fc.assert(
      fc.property(Worlds.agentId, frequency, now, (agent, seconds, nowAt) => {
        const slot = Slot.at(agent, seconds, nowAt);
        assert.isAtMost(Slot.startMs(agent, seconds, slot), nowAt);
        assert.isAbove(Slot.startMs(agent, seconds, slot + 1), nowAt);
      }),
    );
  });

  it("finds again the slot of its own beginning, and as the next one of the instant just before", () => {
    fc.assert(
      fc.property(
        Worlds.agentId,
        frequency,
        fc.integer({ min: 1, max: 3_000_000 }),
        (agent, seconds, slot) => {
          const at = Slot.startMs(agent, seconds, slot);
          assert.strictEqual(Slot.at(agent, seconds, at), slot);
          assert.strictEqual(Slot.next(agent, seconds, at), slot);
          assert.strictEqual(Slot.next(agent, seconds, at - 1), slot);
          assert.strictEqual(Slot.at(agent, seconds, at - 1), slot - 1);
        },
      ),
    );
  });

  it("spreads agents over a second and no further", () => {
    fc.assert(
      fc.property(Worlds.agentId, frequency, (agent, seconds) => {
        const phase = Slot.phaseMs(agent, seconds);
        assert.isTrue(Number.isInteger(phase) && phase >= 0 && phase < 1_000);
      }),
    );
  });
});
