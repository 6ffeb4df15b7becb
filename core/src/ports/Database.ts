import type { Effect } from "effect";
import { Context, Schema } from "effect";

/**
 * The record cannot be reached, or gave way to another transaction until
 * patience ran out. Whether the last commit happened is unknown: the same step
 * run again finds out, because its ids and its cursor collide with themselves.
 */
export class DatabaseUnavailable extends Schema.TaggedError<DatabaseUnavailable>()("DatabaseUnavailable", {
  message: Schema.String,
  /** Five characters of SQLSTATE, or null when the connection itself was lost. */
  sqlState: Schema.NullOr(Schema.String),
  cause: Schema.Defect(),
}) {}

/**
 * Another history goes on in the place of the one this process knows: a replica was promoted, or a backup rolled
 * forward, and what was committed last may never have happened. Whoever remembers it must begin anew.
 */
export class DatabaseReplaced extends Schema.TaggedError<DatabaseReplaced>()("DatabaseReplaced", {
  message: Schema.String,
}) {}

export interface Pulse {
  /** How long the database took to answer, in ms. */
  readonly latencyMs: number;
  /** The database's own clock, ms since the epoch: it may differ from ours. */
  readonly at: number;
}

/** Where a step begins and ends: everything inside becomes true at once, or not at all. */
export class Database extends Context.Service<
  Database,
  {
    /**
     * Runs a step in one transaction, again from its start when the database asks for that
     * (serialization, deadlock, lost connection), for up to 5 s. The step must therefore be
     * repeatable: read, decide, write, with nothing left behind outside the database.
     * Inside another transaction it is part of that one.
     */
    readonly transaction: <A, E, R>(
      step: Effect.Effect<A, E, R>,
    ) => Effect.Effect<A, E | DatabaseUnavailable, R>;
    /** Runs `deed` once the transaction around it is committed, or at once when there is none. */
    readonly afterCommit: <R>(deed: Effect.Effect<void, never, R>) => Effect.Effect<void, never, R>;
    /** Asks the database for its time. Fails while it only lets read. */
    readonly pulse: Effect.Effect<Pulse, DatabaseUnavailable>;
    /** Ends once the database goes on with another history than at the start. */
    readonly replaced: Effect.Effect<never, DatabaseReplaced>;
    /** Into how many partitions every topic is split, as fixed at the first migration. */
    readonly partitions: number;
    /**
     * Names this journal among all others. Offsets mean nothing beside another journal's, so what a
     * bus still holds of a database that was dropped, or restored to an earlier day, is passed over.
     */
    readonly epoch: string;
  }
>()("strom/ports/Database") {}
