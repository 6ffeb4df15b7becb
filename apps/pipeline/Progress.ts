import { Journal, passedOn } from "@strom/core/ports";
import { Effect } from "effect";

/** Events the stages have yet to read. */
export const waiting = Effect.gen(function* () {
  const lags = yield* (yield* Journal).lag;
  // A stage that was nowhere yet may be none of this record's; the runtime always comes.
  const begun = new Set(["runtime", ...lags.filter(({ hasBegun }) => hasBegun).map(({ stage }) => stage)]);
  return lags
    .filter(
      ({ stage, topic }) => begun.has(stage) && passedOn.some(([of, its]) => of === stage && its === topic),
    )
    .reduce((sum, { position, head }) => sum + head - position, 0);
});

/** Waits until every stage has read everything, the fills of the last intents included. */
export const caughtUp = Effect.gen(function* () {
  let pauseMs = 1;
  while ((yield* waiting) > 0) {
    yield* Effect.sleep(pauseMs);
    pauseMs = Math.min(pauseMs * 2, 50);
  }
});
