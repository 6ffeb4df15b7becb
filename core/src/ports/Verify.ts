import type { Effect } from "effect";
import { Context } from "effect";
import type { Catalog } from "../Catalog.ts";
import type { DatabaseUnavailable } from "./Database.ts";

/** Something in the record that cannot be: which identity it breaks, and a sentence with the ids. */
export interface Violation {
  readonly identity: string;
  readonly message: string;
}

/** What was looked at, when nothing was found. */
export interface Verified {
  readonly agents: number;
  readonly runs: number;
  readonly trades: number;
}

/** Proves the record by itself, in one snapshot of it: also while it is written to. */
export class Verify extends Context.Service<
  Verify,
  {
    /** Those of the identities that are quick on a record of any size: cursors, books, orders' states. */
    readonly books: Effect.Effect<Violation | null, DatabaseUnavailable>;
    /** The identities that the database can count: offsets, chains, sums. The first violation, or null. */
    readonly identities: Effect.Effect<Violation | null, DatabaseUnavailable>;
    /**
     * The identities, and then every agent's life again from its recorded inputs: signals, decisions, fills, books
     * and snapshots must come out as they were written, to the last digit. The first violation, or what was verified.
     */
    readonly everything: (catalog: Catalog) => Effect.Effect<Violation | Verified, DatabaseUnavailable>;
  }
>()("strom/ports/Verify") {}
