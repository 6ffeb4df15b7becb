import type { DatabaseUnavailable } from "@strom/core/ports";
import { Expiry, Journal, Timeline } from "@strom/core/ports";
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
  /** The clock its rows were dated by, ms since the epoch. */
  readonly now: Effect.Effect<number>;
  readonly days: number;
  readonly remove: (olderThan: number) => Effect.Effect<number, DatabaseUnavailable>;
}

const clear = Effect.fnUntraced(function* ({ what, now, days, remove }: Chore) {
  const nowAt = yield* now;
  const removed = yield* remove(nowAt - days * MS_PER_DAY);
  if (removed > 0) yield* Effect.logInfo(`${removed} rows of ${what} older than ${days} days were removed`);
});

/** Removes everything that has served its time, once. What cannot be done now is done next time. */
export const once = Effect.fnUntraced(function* ({ journalDays, priceDays }: Options) {
  const journal = yield* Journal;
  const expiry = yield* Expiry;
  // A replay writes the days of its file: by today's date all of it would be old while it is being played.
  const { now } = yield* Timeline;
  const today = Clock.currentTimeMillis;
  const chores: ReadonlyArray<Chore> = [
    { what: "the journal", now, days: journalDays, remove: journal.prune },
    { what: "answers to requests", now: today, days: ANSWER_DAYS, remove: expiry.answers },
    { what: "prices", now, days: priceDays, remove: expiry.prices },
    { what: "Telegram's messages", now: today, days: MESSAGE_DAYS, remove: expiry.messages },
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
