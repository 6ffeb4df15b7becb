import type { Effect } from "effect";
import { Context } from "effect";
import type { DatabaseUnavailable } from "./Database.ts";

/** Removes what has served its time, in steps small enough to be in nobody's way. Each answers how many rows went. */
export class Expiry extends Context.Service<
  Expiry,
  {
    /** Answers to requests that are too old to be sent again. `olderThan` in ms since the epoch. */
    readonly answers: (olderThan: number) => Effect.Effect<number, DatabaseUnavailable>;
    /** Prices on record, but never the last one of a symbol. Runs keep the bars they saw. */
    readonly prices: (olderThan: number) => Effect.Effect<number, DatabaseUnavailable>;
    /** What the bot handled and said; what is still to be said stays. */
    readonly messages: (olderThan: number) => Effect.Effect<number, DatabaseUnavailable>;
  }
>()("strom/ports/Expiry") {}
