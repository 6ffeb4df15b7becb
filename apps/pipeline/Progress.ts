import { Database, Journal } from "@strom/core/ports";
import { Effect } from "effect";

/** Stages that pass on what they read; a stage that only shows things may lag without holding anybody up. */
const STAGES = [
  ["runtime", "agent.tick"],
  ["risk", "agent.run"],
  ["execution", "order.intent"],
] as const;

/** Events the stages have yet to read. */
export const waiting = Effect.gen(function* () {
  const journal = yield* Journal;
  const { partitions } = yield* Database;
  const lags = yield* journal.lag;
  const left = new Map(
    lags.map(({ stage, topic, partition, position, head }) => [
      `${stage}/${topic}/${partition}`,
      head - position,
    ]),
  );
  const begun = new Set(["runtime", ...lags.map(({ stage }) => stage)]);
  let events = 0;
  for (const [stage, topic] of STAGES) {
    if (!begun.has(stage)) continue;
    for (let partition = 0; partition < partitions; partition++) {
      // Where nobody has begun to read there is no cursor yet, and everything waits.
      events += left.get(`${stage}/${topic}/${partition}`) ?? (yield* journal.head(topic, partition));
    }
  }
  return events;
});

/** Waits until every stage has read everything, the fills of the last intents included. */
export const caughtUp = Effect.gen(function* () {
  let pauseMs = 1;
  while ((yield* waiting) > 0) {
    yield* Effect.sleep(pauseMs);
    pauseMs = Math.min(pauseMs * 2, 50);
  }
});
