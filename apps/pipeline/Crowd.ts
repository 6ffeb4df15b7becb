import type { Id } from "@strom/core";
import { Event } from "@strom/core";
import { Database, Journal, passedOn } from "@strom/core/ports";
import { Effect } from "effect";

/** Events that may always wait, however few the agents are: half a minute of two that tick each second. */
const ALWAYS = 64;

/** Where a tick waits, and what follows from it. */
const QUEUES: ReadonlySet<string> = new Set(passedOn.map(([stage, topic]) => `${stage} ${topic}`));

/**
 * Which agents are not to be ticked now, because some stage does not get round to those of their partition. A tick
 * that waits is a decision on old prices, and a queue that only grows never ends: so a stage may leave as many events
 * of a partition waiting as it has agents, and beyond that slots pass and are counted as missed.
 */
export const make = Effect.gen(function* () {
  const journal = yield* Journal;
  const { partitions } = yield* Database;
  let places: ReadonlyMap<Id.AgentId, number> = new Map();
  let agents: ReadonlyArray<number> = [];
  let crowded: ReadonlySet<number> = new Set();

  /** Who is running, from now on. */
  const count = (running: ReadonlyArray<Id.AgentId>): void => {
    const counts = Array.from({ length: partitions }, () => 0);
    places = new Map(running.map((id) => [id, places.get(id) ?? Event.partition(id, partitions)]));
    for (const place of places.values()) counts[place] = (counts[place] ?? 0) + 1;
    agents = counts;
  };

  /** Looks where ticks wait. */
  const look = Effect.gen(function* () {
    const full = (yield* journal.lag).filter(
      ({ stage, topic, partition, head, position }) =>
        QUEUES.has(`${stage} ${topic}`) && head - position > Math.max(ALWAYS, agents[partition] ?? 0),
    );
    const now = new Set(full.map(({ partition }) => partition));
    if (now.size > 0 && crowded.size === 0)
      yield* Effect.logWarning(
        `the pipeline is behind in ${now.size} of ${partitions} partitions: their agents miss slots until it is not`,
      );
    if (now.size === 0 && crowded.size > 0) yield* Effect.logInfo("the pipeline has caught up");
    crowded = now;
  });

  const isIn = (agentId: Id.AgentId): boolean => {
    const place = places.get(agentId);
    return place !== undefined && crowded.has(place);
  };

  const isAny = (): boolean => crowded.size > 0;

  return { count, look, isIn, isAny };
});
