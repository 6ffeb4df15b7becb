import { Database, Timeline } from "@strom/core/ports";
import { Effect } from "effect";
import * as ClockDifference from "../ClockDifference.ts";

/**
 * Whether the clock one goes by is ahead of the database's. Slots ticked before their time would be decided on prices
 * of before, and then nobody would be ticked until that time has come. A replay's clock is nobody else's.
 */
export const make = Effect.gen(function* () {
  const database = yield* Database;
  const timeline = yield* Timeline;
  let wasAhead = false;

  return Effect.fnUntraced(function* (nowAt: number) {
    if (timeline.isReplay) return false;
    const aheadMs = nowAt - (yield* database.pulse).at;
    const isAhead = aheadMs > ClockDifference.msMax;
    if (isAhead && !wasAhead)
      yield* Effect.logWarning(
        `the scheduler's clock is ${(aheadMs / 1_000).toFixed(1)} s ahead of the database's: nobody is ticked until it is right`,
      );
    if (wasAhead && !isAhead) yield* Effect.logInfo("the scheduler's clock is right again");
    wasAhead = isAhead;
    return isAhead;
  });
});
