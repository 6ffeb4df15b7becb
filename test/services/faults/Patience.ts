import { Effect } from "effect";

/** Two minutes: whoever does not answer by then will not. */
const TRIES = 600;

/** A server that is away is asked again. */
export const patiently = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.retry(effect, { while: () => Effect.as(Effect.sleep(200), true), times: TRIES }).pipe(Effect.orDie);

/** Looks every 50 ms whether it is so; after `withinMs` it says `what` was waited for, and dies. */
export const until = <E, R>(isTrue: Effect.Effect<boolean, E, R>, withinMs: number, what: string) =>
  Effect.gen(function* () {
    const beganAt = performance.now();
    while (!(yield* patiently(isTrue))) {
      if (performance.now() - beganAt > withinMs) throw new Error(`${withinMs} ms passed: ${what}`);
      yield* Effect.sleep(50);
    }
    return performance.now() - beganAt;
  });
