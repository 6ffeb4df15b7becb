import { Journal } from "@strom/core/ports";
import { Clock, Effect, Schedule } from "effect";

const MS_PER_DAY = 86_400_000;

/** Removes what is older than so many days and has been read by all: soon after the start, then every hour. */
export const run = (days: number) =>
  Effect.gen(function* () {
    const journal = yield* Journal;
    const nowAt = yield* Clock.currentTimeMillis;
    const removed = yield* journal.prune(nowAt - days * MS_PER_DAY);
    if (removed > 0) yield* Effect.logInfo(`${removed} old rows left the journal`);
  }).pipe(
    Effect.catch((error) => Effect.logWarning("old journal rows stay for now", error.message)),
    Effect.delay("1 minute"),
    Effect.repeat(Schedule.spaced("1 hour")),
  );
