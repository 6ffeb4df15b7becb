import { Journal } from "@strom/core/ports";
import { Effect } from "effect";

/** Stages that pass on what they read; a stage that only shows things may lag without holding anybody up. */
const STAGES = new Set(["runtime", "risk", "execution"]);

/** Events the stages have yet to read. */
export const waiting = Effect.gen(function* () {
  const journal = yield* Journal;
  const lags = yield* journal.lag;
  let events = 0;
  for (const { stage, position, head } of lags) if (STAGES.has(stage)) events += head - position;
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
