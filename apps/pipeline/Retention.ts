import type { DatabaseUnavailable } from "@strom/core/ports";
import { Expiry, Journal } from "@strom/core/ports";
import { Clock, Effect, Schedule } from "effect";

const MS_PER_DAY = 86_400_000;

/** How long a request may be sent again and be answered as the first time. */
const ANSWER_DAYS = 1;
/** How long what the bot handled and said is remembered; Telegram itself repeats nothing after a day. */
const MESSAGE_DAYS = 30;

export interface Options {
  /** Days the journal keeps what every stage has read. */
  readonly journalDays: number;
  /** Days prices stay on record; runs keep the bars they saw for ever. */
  readonly priceDays: number;
}

interface Chore {
  readonly what: string;
  readonly days: number;
  readonly remove: (olderThan: number) => Effect.Effect<number, DatabaseUnavailable>;
}

const clear = Effect.fnUntraced(function* ({ what, days, remove }: Chore) {
  const nowAt = yield* Clock.currentTimeMillis;
  const removed = yield* remove(nowAt - days * MS_PER_DAY);
  if (removed > 0) yield* Effect.logInfo(`${removed} rows of ${what} older than ${days} days were removed`);
});

/** Removes everything that has served its time, once. What cannot be done now is done next time. */
export const once = Effect.fnUntraced(function* ({ journalDays, priceDays }: Options) {
  const journal = yield* Journal;
  const expiry = yield* Expiry;
  const chores: ReadonlyArray<Chore> = [
    { what: "the journal", days: journalDays, remove: journal.prune },
    { what: "answers to requests", days: ANSWER_DAYS, remove: expiry.answers },
    { what: "prices", days: priceDays, remove: expiry.prices },
    { what: "Telegram's messages", days: MESSAGE_DAYS, remove: expiry.messages },
  ];
  for (const chore of chores) {
    yield* clear(chore).pipe(
      Effect.catch((error) => Effect.logWarning(`${chore.what} is cleared next time`, error.message)),
    );
  }
});

/** Soon after the start, then every hour: often enough that each time is short. */
export const run = (options: Options) =>
  once(options).pipe(Effect.delay("1 minute"), Effect.repeat(Schedule.spaced("1 hour")));
