import type { Effect, Stream } from "effect";
import { Context, Schema } from "effect";
import type { Cursor, Row } from "./Journal.ts";

/** The bus did not take a message. Nothing is lost: the journal still has it. */
export class BusUnavailable extends Schema.TaggedError<BusUnavailable>()("BusUnavailable", {
  message: Schema.String,
  cause: Schema.Defect(),
}) {}

export interface Message {
  readonly row: Row;
  /** To be run after the commit that used the row, or when it is behind the cursor. Never fails: an ack may be lost. */
  readonly ack: Effect.Effect<void>;
}

/**
 * Carries what the journal already holds, to whom it may concern, and fast. A
 * bus may lose, repeat, delay and reorder: whoever needs every row compares
 * offsets with a cursor and reads the journal where they do not join.
 */
export class EventBus extends Context.Service<
  EventBus,
  {
    /** Hands committed rows to the bus, in order. Twice is harmless: the event id is the message id. */
    readonly publish: (rows: ReadonlyArray<Row>) => Effect.Effect<void, BusUnavailable>;
    /** What arrives for one stage over one partition, shared by every process that asks for the same cursor. */
    readonly subscribe: (cursor: Cursor) => Stream.Stream<Message>;
    /** What arrives on these topics, all partitions, for this process alone, from now on. For readers that only show. */
    readonly watch: (topics: ReadonlyArray<string>) => Stream.Stream<Row>;
    /** How long the bus takes to answer, in ms. */
    readonly pulse: Effect.Effect<number, BusUnavailable>;
  }
>()("strom/ports/EventBus") {}
