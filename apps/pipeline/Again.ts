import { Effect, Schedule } from "effect";

/**
 * Work that never ends by itself, begun anew, from the record, whatever stops it: nobody else would notice. It must
 * not leave its loop to another fiber, whose end is not its own.
 */
export const again = <A, E, R>(name: string, work: Effect.Effect<A, E, R>) =>
  Effect.scoped(work).pipe(
    Effect.sandbox,
    Effect.tapError((cause) => Effect.logWarning(`${name} begins again`, cause)),
    Effect.retry(Schedule.spaced("1 second")),
    Effect.orDie,
    Effect.asVoid,
  );
