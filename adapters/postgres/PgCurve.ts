import type { Id } from "@strom/core";
import type { Slice } from "@strom/core/ports";
import { BookRows } from "@strom/core/ports";
import { Effect } from "effect";
import type { SqlClient } from "effect/sql/SqlClient";
import type { Fragment } from "effect/sql/Statement";
import * as PgPage from "./PgPage.ts";
import * as PgPnl from "./PgPnl.ts";
import * as Row from "./PgRow.ts";

/** The marks of an agent as a list. */
export const marks = {
  item: BookRows.PnlSnapshot,
  columns: `t.id, t.agent_id, t.ts, t.equity::text as equity,
    ${PgPnl.capitalAt("t.ts")}::numeric(18,2)::text as capital, t.realized_pnl::text as realized_pnl,
    t.unrealized_pnl::text as unrealized_pnl, t.drawdown::text as drawdown`,
  from: "pnl_snapshots t",
  time: "t.ts",
  // The mark of a slot comes before its fills, and with each fill more was paid in fees.
  rank: "(case t.kind when 'FILL' then least(t.fees * 1000000, 999999999999999998)::bigint + 1 else 0 end)",
  id: "t.id",
};

/**
 * The last mark of every stretch of time, newest first. One probe of the index a stretch, from each to the last instant
 * before it: what lies between is never read, and stretches without a mark cost nothing. Instants come alone, in the
 * order of the index: asked for the rank too, a planner without statistics sorts a whole life for each.
 */
export const make = (sql: SqlClient) =>
  Effect.fn("Books.curve")(function* (
    agentId: Id.AgentId,
    everySeconds: number,
    { from, to }: BookRows.Filter,
    slice: Slice,
  ) {
    const { after, limit } = slice;
    const begin = (ts: Fragment) =>
      sql`date_bin(make_interval(secs => ${everySeconds}::int), ${ts}, timestamptz 'epoch')`;
    const isFrom = from === undefined ? sql`true` : sql`ts >= ${Row.iso(from)}::timestamptz`;
    const isNext = sql.and([
      to === undefined ? sql`true` : sql`ts < ${Row.iso(to)}::timestamptz`,
      after === null ? sql`true` : sql`ts < ${begin(PgPage.instant(sql, after))}`,
    ]);
    const last = (isBefore: Fragment) => sql`
      select ts from pnl_snapshots
      where agent_id = ${agentId}::uuid and ${isFrom} and ${isBefore} order by ts desc limit 1`;
    const rows = yield* sql<Row.Row>`
      with recursive stretch as (
        select l.ts, 1 as place from (${last(isNext)}) l
        union all
        select l.ts, s.place + 1 from stretch s
        cross join lateral (${last(sql`ts < ${begin(sql`s.ts`)}`)}) l
        where s.place <= ${limit}::int)
      select ${sql.literal(marks.columns)}, ${PgPage.place(sql, marks)} from stretch s
      cross join lateral (
        select * from pnl_snapshots t
        where t.agent_id = ${agentId}::uuid and t.ts = s.ts ${PgPage.newest(sql, marks)} limit 1) t
      join agents a on a.id = t.agent_id
      order by s.ts desc`;
    return yield* PgPage.of(marks.item, slice, rows);
  });
