import { Database, Timeline } from "@strom/core/ports";
import { Effect } from "effect";
import * as ClockDifference from "../ClockDifference.ts";

/**
 * Whether the clock one goes by is ahead of the database's. Slots ticked before their time would be decided on prices
 * of before, and then nobody would be ticked until that time has come; prices written before theirs would be taken for
 * those of now until then. A replay's clock is nobody else's.
 *
 * `who` waits, and `what` does not happen meanwhile: for the log.
 */
export const make = Effect.fnUntraced(function* (who: string, what: string) {
  const database = yield* Database;
  const timeline = yield* Timeline;
  let wasAhead = false;

  return Effect.fnUntraced(function* (nowAt: number) {
    if (timeline.isReplay) return false;
    const aheadMs = nowAt - (yield* database.pulse).at;
    const isAhead = aheadMs > ClockDifference.msMax;
    if (isAhead && !wasAhead)
      yield* Effect.logWarning(
        `${who}'s clock is ${(aheadMs / 1_000).toFixed(1)} s ahead of the database's: ${what} until it is right`,
      );
    if (wasAhead && !isAhead) yield* Effect.logInfo(`${who}'s clock is right again`);
    wasAhead = isAhead;
    return isAhead;
  });
});
