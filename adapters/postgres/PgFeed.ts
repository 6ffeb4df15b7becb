import type { FeedRow, Journal } from "@strom/core/ports";
import { PositionInvalid } from "@strom/core/ports";
import { Effect } from "effect";
import type { SqlClient } from "effect/sql/SqlClient";
import { orUnavailable } from "./Failure.ts";
import * as Rows from "./PgJournalRows.ts";

interface FeedRowRow extends Rows.JournalRow {
  readonly xid: bigint;
  readonly seq: bigint;
}

/** A row of the feed, or none, and how far was looked. */
interface Found extends Omit<FeedRowRow, "xid"> {
  readonly xid: bigint | null;
  readonly bound_xid: bigint;
  readonly bound_seq: bigint;
  readonly is_more: boolean;
  readonly is_ahead: boolean;
  readonly gap_xid: bigint | null;
  readonly gap_seq: bigint | null;
}

/** Rows looked through at once for those of a few agents. */
const LOOKED_THROUGH = 10_000;

/** A place in the feed reads `<transaction>-<row>`. */
const formatPosition = (xid: bigint, seq: bigint): string => `${xid}-${seq}`;
const POSITION = /^(\d{1,18})-(\d{1,18})$/;

/** All topics in one order, which agrees with cause and effect. */
export const make = (
  sql: SqlClient,
): Pick<Journal["Service"], "feed" | "feedNow" | "gapAfter" | "isAhead"> => {
  const columns = sql.literal(Rows.columns);

  const placeOf = Effect.fnUntraced(function* (position: string) {
    const place = POSITION.exec(position);
    if (place === null) return yield* new PositionInvalid({ input: position });
    return sql`(${BigInt(place[1] ?? 0)}::bigint, ${BigInt(place[2] ?? 0)}::bigint)`;
  });

  const feed: Journal["Service"]["feed"] = Effect.fn("Journal.feed")(function* (after, limit, agentIds) {
    const place = yield* placeOf(after);
    const mine = agentIds === undefined ? sql`true` : sql`agent_id = any(${agentIds}::uuid[])`;
    // Up to the row that many further on, or to the oldest transaction that is open.
    const found = yield* sql<Found>`
      with open as materialized (select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as xid),
      bound as materialized (
        select coalesce(far.xid, open.xid) as xid, coalesce(far.seq, 0) as seq, far.xid is not null as is_more
        from open left join lateral (
          select j.xid, j.seq from journal j where (j.xid, j.seq) > ${place} and j.xid < open.xid
          order by j.xid, j.seq offset ${LOOKED_THROUGH} limit 1
        ) far on true)
      select b.xid as bound_xid, b.seq as bound_seq, b.is_more, (b.xid, b.seq) > ${place} as is_ahead,
        m.pruned_xid as gap_xid, m.pruned_seq as gap_seq, r.*
      from bound b left join meta m on (m.pruned_xid, m.pruned_seq) > ${place}
      left join lateral (
        select ${columns}, xid, seq from journal
        where (xid, seq) > ${place} and (xid, seq) < (b.xid, b.seq) and ${mine}
        order by xid, seq limit ${limit}
      ) r on true order by r.xid, r.seq`;
    const rows = found
      .filter((row): row is Found & FeedRowRow => row.xid !== null)
      .map((row): FeedRow => ({ ...Rows.toRow(row), position: formatPosition(row.xid, row.seq) }));
    const last = rows.at(-1);
    const [bound] = found;
    const gapTo =
      bound === undefined || bound.gap_xid === null || bound.gap_seq === null
        ? null
        : formatPosition(bound.gap_xid, bound.gap_seq);
    if (rows.length === limit && last !== undefined)
      return { rows, position: last.position, isMore: true, gapTo };
    if (bound === undefined || !bound.is_ahead) return { rows, position: after, isMore: false, gapTo };
    // Just before the bound, which is yet to be seen.
    const seq = bound.is_more ? bound.bound_seq - 1n : 0n;
    return { rows, position: formatPosition(bound.bound_xid, seq), isMore: bound.is_more, gapTo };
  }, orUnavailable);

  const feedNow: Journal["Service"]["feedNow"] = Effect.gen(function* () {
    const rows = yield* sql<{ readonly xid: bigint }>`
      select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as xid`;
    return formatPosition(rows[0]?.xid ?? 0n, 0n);
  }).pipe(orUnavailable);

  const gapAfter: Journal["Service"]["gapAfter"] = Effect.fnUntraced(function* (position) {
    const place = yield* placeOf(position);
    const rows = yield* sql<{ readonly xid: bigint; readonly seq: bigint }>`
      select pruned_xid as xid, pruned_seq as seq from meta where ${place} < (pruned_xid, pruned_seq)`;
    return rows[0] === undefined ? null : formatPosition(rows[0].xid, rows[0].seq);
  }, orUnavailable);

  const isAhead: Journal["Service"]["isAhead"] = Effect.fnUntraced(function* (position) {
    const place = yield* placeOf(position);
    // What was told lay before a transaction that was open or to come then; those of later are none smaller. So what
    // another process tells at this moment is never taken for made up.
    const rows = yield* sql<{ readonly is_ahead: boolean }>`
      select ${place} > (pg_snapshot_xmax(pg_current_snapshot())::text::bigint, 0::bigint) as is_ahead`;
    return rows[0]?.is_ahead === true;
  }, orUnavailable);

  return { feed, feedNow, gapAfter, isAhead };
};
