import type { DatabaseUnavailable } from "@strom/core/ports";
import type { Effect } from "effect";
import { Context } from "effect";
import type { MemoryRecord } from "./MemoryRecord.ts";

/** The way to a record, as a client of a database has one: asking may take time, and may fail. */
export class MemoryConnection extends Context.Service<
  MemoryConnection,
  {
    /** Runs a statement in the transaction around it, or in one of its own. */
    readonly ask: <A>(
      what: string,
      statement: (record: MemoryRecord) => A,
    ) => Effect.Effect<A, DatabaseUnavailable>;
  }
>()("strom/adapters/memory/MemoryConnection") {}
