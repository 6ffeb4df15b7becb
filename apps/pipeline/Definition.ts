import type { Event } from "@strom/core";
import type { DatabaseUnavailable, Row } from "@strom/core/ports";
import type { Effect } from "effect";

/**
 * One stage of the pipeline over some partitions of the topic it consumes. Everything it does to one batch is one
 * transaction that begins with its cursors and ends with what it tells; so a crash anywhere, a second owner, or a
 * commit whose outcome never arrived, leave each event processed once.
 */
export interface Definition {
  readonly stage: string;
  readonly topic: Event.Topic;
  /** Reads, decides, writes, inside the transaction; answers what to tell. May run again from its start. */
  readonly handle: (
    events: ReadonlyArray<Event.Event>,
  ) => Effect.Effect<ReadonlyArray<Event.Event>, DatabaseUnavailable>;
  /** What else is owed to the record when an event is put aside. Inside the transaction that does so. */
  readonly bury: (event: Event.Event, error: string) => Effect.Effect<void, DatabaseUnavailable>;
  /** The same for a row that holds no event anybody can read. */
  readonly buryUnread?: (row: Row) => Effect.Effect<void, DatabaseUnavailable>;
}
