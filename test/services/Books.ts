import { Digest } from "@strom/core";
import { Effect } from "effect";
import { SqlClient } from "effect/sql";

/**
 * What was done, whoever did it and whenever: every table of the agents' history, without what only says when a
 * row was written or how many transactions it took.
 */
const tables = {
  agent_runs: ["created_at", "started_at", "completed_at"],
  signals: ["created_at"],
  orders: ["created_at"],
  risk_decisions: ["created_at"],
  trades: ["created_at"],
  positions: ["id", "updated_at"],
  accounts: ["version", "updated_at", "missed_ticks"],
  ledger_entries: ["id"],
  pnl_snapshots: ["created_at"],
  strategy_states: [],
  dead_letters: ["at"],
} as const satisfies Record<string, ReadonlyArray<string>>;

export type Books = Readonly<Record<string, ReadonlyArray<string>>>;

/** Every row as text, in one order. */
export const read: Effect.Effect<Books, unknown, SqlClient.SqlClient> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  const books: Record<string, ReadonlyArray<string>> = {};
  for (const [table, left] of Object.entries(tables)) {
    const rows = yield* sql<{ readonly row: string }>`
      select (to_jsonb(t) - ${left}::text[])::text as row from ${sql(table)} t order by 1`;
    books[table] = rows.map(({ row }) => row);
  }
  return books;
});

export const digest = (books: Books): string => Digest.of(books);
