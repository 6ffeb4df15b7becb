import { PgTypes } from "@effect/sql-pg";
import * as InProcessBus from "@strom/adapters/inprocess/InProcessBus.ts";
import * as PgAgents from "@strom/adapters/postgres/PgAgents.ts";
import * as PgBooks from "@strom/adapters/postgres/PgBooks.ts";
import * as PgShelf from "@strom/adapters/postgres/PgShelf.ts";
import * as PgUsers from "@strom/adapters/postgres/PgUsers.ts";
import { Id } from "@strom/core";
import { Effect, Layer } from "effect";
import { SqlClient } from "effect/sql";
import { onBoth } from "../adapters/postgres/Databases.ts";
import * as Curve from "./Curve.ts";

/** Books are for people to read, so there are none in memory. */
const stores = Layer.mergeAll(PgAgents.layer, PgBooks.layer, PgShelf.layer, PgUsers.layer);

const hand: Curve.Hand<SqlClient.SqlClient> = {
  write: Effect.fnUntraced(function* (agent, marks) {
    const sql = yield* SqlClient.SqlClient;
    const rows = marks.map(({ at, fill, equity }) => ({
      id: Id.derive("pnl", agent.id, at, fill ?? 0),
      ts: new Date(at).toISOString(),
      equity,
      kind: fill === null ? "RUN" : "FILL",
      fees: fill ?? 0,
    }));
    yield* sql`
      insert into pnl_snapshots (id, agent_id, ts, equity, realized_pnl, unrealized_pnl, kind, fees)
      select id, ${agent.id}::uuid, ts, equity, 0, 0, kind, fees
      from json_to_recordset(${PgTypes.json(rows)}) as m (
        id uuid, ts timestamptz, equity numeric, kind text, fees numeric)`;
  }),
  rowsRead: Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;
    const [row] = yield* sql<{ readonly read: number }>`
      select (seq_tup_read + idx_tup_fetch)::int as read from pg_stat_xact_user_tables
      where relname = 'pnl_snapshots'`;
    return row?.read ?? Number.NaN;
  }),
};

onBoth("the curve of equity", (record) =>
  Curve.suite(
    "as a contract",
    hand,
    stores.pipe(Layer.provide(InProcessBus.layer), Layer.provideMerge(record)),
  ),
);
