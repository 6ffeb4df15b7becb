import { Event, Id } from "@strom/core";
import type { Entry } from "@strom/core/ports";
import { Database, Journal } from "@strom/core/ports";
import { Effect, Schema } from "effect";

/** Events that no stage can process: what they say of themselves is right, what they are about is nowhere. */

const readers = ["agent.tick", "agent.run", "order.intent"] as const;
const decodeId = Schema.decodeUnknownSync(Id.AgentId);
const AT = Date.UTC(2026, 0, 1);

/** Unreadable for each of the stages in turn; or well formed, about an agent nobody has ever heard of. */
const stranger = (index: number, partitions: number): Entry => {
  const topic = readers[index % readers.length] ?? "agent.tick";
  const eventId = Id.derive("poison", index);
  const about = { topic, partition: index % partitions, eventId, agentId: null, at: AT };
  if (topic !== "agent.run" || index % 2 === 0) {
    return { ...about, payload: { id: eventId, topic: `strom.${topic}`, payload: { nonsense: index } } };
  }
  return { ...about, ...aRun(decodeId(Id.derive("stranger", index)), index) };
};

/** A run that was never run, with a signal nobody gave. */
const aRun = (agentId: Id.AgentId, slot: number) => {
  const rationale = { strategy_key: "none", inputs: {}, features: {}, decision: { rule: "none" } };
  const event = Event.agentRun(
    {
      agentId,
      slot,
      at: AT,
      observations: [],
      signals: [
        { agentId, slot, origin: Id.strategy("none"), symbol: "NONE", side: "BUY", confidence: 1, rationale },
      ],
    },
    1,
  );
  return { eventId: event.id, agentId, payload: Event.encode(event) };
};

const append = (poisoned: (partitions: number) => ReadonlyArray<Entry>) =>
  Effect.gen(function* () {
    const journal = yield* Journal;
    const { partitions } = yield* Database;
    yield* journal.append(poisoned(partitions));
  });

/** So many, no two alike as long as `from` is beyond the last. */
export const ofStrangers = (from: number, count: number) =>
  append((partitions) => Array.from({ length: count }, (_, index) => stranger(from + index, partitions)));

/** So many in a row, all about this one agent. */
export const ofAgent = (agentId: Id.AgentId, count: number) =>
  append((partitions) =>
    Array.from({ length: count }, (_, slot) => ({
      topic: "agent.run",
      partition: Event.partition(agentId, partitions),
      at: AT,
      ...aRun(agentId, slot),
    })),
  );
