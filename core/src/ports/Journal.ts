import type { Effect } from "effect";
import { Context, Schema } from "effect";
import type { DatabaseUnavailable } from "./Database.ts";

/** An event on its way into the journal. The journal does not know what it means. */
export interface Entry {
  readonly topic: string;
  readonly partition: number;
  /** Unique in its topic: the same event appended again is passed over. */
  readonly eventId: string;
  /** Null for events of no agent, such as prices. */
  readonly agentId: string | null;
  /** The encoded event: plain JSON. */
  readonly payload: unknown;
  /** When it happened, ms since the epoch. */
  readonly at: number;
}

/** An event at its place. Offsets of a topic and partition count 0, 1, 2, … without a gap, in commit order. */
export interface Row extends Entry {
  readonly offset: number;
}

/** Who reads what: one stage over one partition of one topic. */
export interface Cursor {
  readonly stage: string;
  readonly topic: string;
  readonly partition: number;
}

/** A cursor from the offset it reads next to another. */
export interface Advance extends Cursor {
  readonly from: number;
  readonly to: number;
  /** The ids of the events it passes, in order; told by who may have them from elsewhere than this journal. */
  readonly events?: ReadonlyArray<string>;
}

/** A row and its place in the one order of all topics. */
export interface FeedRow extends Row {
  /** Opaque; give it back to `feed` to go on after this row. */
  readonly position: string;
}

/** What was found of the feed, and how far it was looked through. */
export interface Feed {
  readonly rows: ReadonlyArray<FeedRow>;
  /** Opaque; give it back to `feed` to go on. Further on than the last row where what followed was not asked for. */
  readonly position: string;
  /** Whether there is more to be looked through already. */
  readonly isMore: boolean;
  /** What `gapAfter` answers of the position it was asked for, at the instant these rows were read. */
  readonly gapTo: string | null;
}

/** The stages that pass on what they read, each with its topic: also before they have begun, it is kept for them. */
export const passedOn = [
  ["runtime", "agent.tick"],
  ["risk", "agent.run"],
  ["execution", "order.intent"],
] as const;

export interface Lag extends Cursor {
  /** The offset the stage will read next. */
  readonly position: number;
  /** The offset the next event will get; `head - position` events wait. */
  readonly head: number;
  /** Whether the stage was ever there. If not, it would begin at the oldest row that is kept. */
  readonly hasBegun: boolean;
}

export interface DeadLetter extends Cursor {
  readonly row: Row;
  readonly error: string;
}

/** Someone else moved the cursor: another worker owns the partition, or our own lost commit had happened. */
export class CursorMoved extends Schema.TaggedError<CursorMoved>()("CursorMoved", {
  stage: Schema.String,
  topic: Schema.String,
  partition: Schema.Int,
  expected: Schema.Int,
  actual: Schema.Int,
}) {
  override get message(): string {
    return `${this.stage} is at offset ${this.actual} of ${this.topic}/${this.partition}, not at ${this.expected}`;
  }
}

/**
 * A cursor was to pass events that the journal does not hold at their place: a bus still had those of a history that
 * is lost, as after a failover to a replica that was a moment behind.
 */
export class EventsUnknown extends Schema.TaggedError<EventsUnknown>()("EventsUnknown", {
  stage: Schema.String,
  topic: Schema.String,
  partition: Schema.Int,
  from: Schema.Int,
  to: Schema.Int,
}) {
  override get message(): string {
    return `${this.stage} was told of events from ${this.from} to ${this.to} of ${this.topic}/${this.partition} that the journal does not hold there`;
  }
}

/** `feed` was asked to go on from something that is not one of its positions. */
export class PositionInvalid extends Schema.TaggedError<PositionInvalid>()("PositionInvalid", {
  input: Schema.String,
}) {
  override get message(): string {
    return `"${this.input}" is not a position in the feed; take one from an event's id`;
  }
}

/** The ordered log between the stages. What is written inside a transaction belongs to it. */
export class Journal extends Context.Service<
  Journal,
  {
    /**
     * Appends events in the order given and answers those that are new, with their offsets. An
     * event already in its topic is left out. One call a transaction, as its last write: it holds
     * the heads it touched until the commit, in one fixed order.
     */
    readonly append: (
      entries: ReadonlyArray<Entry>,
    ) => Effect.Effect<ReadonlyArray<Row>, DatabaseUnavailable>;
    /** The offset a cursor reads next. A new cursor begins at the oldest row that is kept. */
    readonly position: (cursor: Cursor) => Effect.Effect<number, DatabaseUnavailable>;
    /**
     * Moves cursors, each once, provided all of them still stand where the caller believes and the journal holds the
     * events they are to pass; else fails for one of which that is not so. First write of the transaction, which is
     * to be given up then.
     */
    readonly advance: (
      moves: ReadonlyArray<Advance>,
    ) => Effect.Effect<void, CursorMoved | EventsUnknown | DatabaseUnavailable>;
    /** Up to `limit` rows from an offset on, in order. */
    readonly read: (
      topic: string,
      partition: number,
      from: number,
      limit: number,
    ) => Effect.Effect<ReadonlyArray<Row>, DatabaseUnavailable>;
    /** The offset the next event of this topic and partition will get. */
    readonly head: (topic: string, partition: number) => Effect.Effect<number, DatabaseUnavailable>;
    /**
     * Committed rows of all topics after a position, of these agents or of all, in one order that
     * agrees with cause and effect and never changes once seen. Rows of a transaction that is still
     * open, and those after it, are not shown yet. Looks through so many rows at once, and no more: who has few
     * among very many asks again.
     */
    readonly feed: (
      after: string,
      limit: number,
      agentIds?: ReadonlyArray<string>,
    ) => Effect.Effect<Feed, PositionInvalid | DatabaseUnavailable>;
    /** The feed's position now: everything after it is yet to be seen. */
    readonly feedNow: Effect.Effect<string, DatabaseUnavailable>;
    /** Null while every row after a position is kept; else, since `prune` removed some, the position after which all are. */
    readonly gapAfter: (
      position: string,
    ) => Effect.Effect<string | null, PositionInvalid | DatabaseUnavailable>;
    /**
     * Whether a position lies beyond all that this feed has ever told anyone, as one that was made up, or told before
     * the record was lost and restored: nothing would follow it for a long time.
     */
    readonly isAhead: (position: string) => Effect.Effect<boolean, PositionInvalid | DatabaseUnavailable>;
    /** Rows not yet known to be on the bus, in order; a topic never published begins at its oldest kept row. */
    readonly unpublished: (
      topic: string,
      partition: number,
      limit: number,
    ) => Effect.Effect<ReadonlyArray<Row>, DatabaseUnavailable>;
    /** Notes that everything before `position` is on the bus. Never moves back. */
    readonly markPublished: (
      marks: ReadonlyArray<{ readonly topic: string; readonly partition: number; readonly position: number }>,
    ) => Effect.Effect<void, DatabaseUnavailable>;
    /** Of what has ever been published, notes that all there is now is on the bus: for one whose bus outlives nobody. */
    readonly markAllPublished: Effect.Effect<void, DatabaseUnavailable>;
    /** Puts events aside that cannot be processed, with the reason; again is a no-op. */
    readonly deadLetter: (letters: ReadonlyArray<DeadLetter>) => Effect.Effect<void, DatabaseUnavailable>;
    /** Every cursor and how far it is behind, and where stages that pass on what they read have yet to begin. */
    readonly lag: Effect.Effect<ReadonlyArray<Lag>, DatabaseUnavailable>;
    /**
     * Removes the oldest rows, up to the first that happened at or after `olderThan` or that a
     * cursor, a publisher included, has yet to pass; none for a stage that passes on what it reads and has yet to
     * begin. Answers how many.
     */
    readonly prune: (olderThan: number) => Effect.Effect<number, DatabaseUnavailable>;
  }
>()("strom/ports/Journal") {}
