import { Duration, Effect, Random, Schedule } from "effect";

const FIRST_DELAY_MS = 20;
const PATIENCE = Duration.seconds(5);

/**
 * How often, and how long, a step is run again that the database did not let through. Full jitter: anything from
 * nothing to twice as long as before, so that rivals part ways.
 */
export const patience = Schedule.exponential(Duration.millis(FIRST_DELAY_MS)).pipe(
  Schedule.modifyDelay(({ duration }) =>
    Effect.map(Random.next, (share) => Duration.times(Duration.min(duration, Duration.seconds(1)), share)),
  ),
  Schedule.upTo({ duration: PATIENCE }),
);
