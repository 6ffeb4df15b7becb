import type { Advance, Cursor, Entry, Lag } from "@strom/core/ports";
import { CursorMoved, EventsUnknown, Journal, passedOn } from "@strom/core/ports";
import { Effect, Layer } from "effect";
import { SqlClient } from "effect/sql";
import { orUnavailable } from "./Failure.ts";
import * as Columns from "./PgColumns.ts";
import * as PgFeed from "./PgFeed.ts";
import * as Rows from "./PgJournalRows.ts";
import * as Places from "./PgPlaces.ts";

const nameOf = ({ stage, topic, partition }: Cursor): string => `${stage}/${topic}/${partition}`;

/** Cursors that stand where they should before the events they should pass, moved; others are left out of the answer. */
const moveCursors = Columns.statement(
  { stage: "text", topic: "text", partition: "int", from: "bigint", to: "bigint", events: "text" },
  (source) => `
    update cursors c set position = r."to", updated_at = now()
    from ${source} where c.stage = r.stage and c.topic = r.topic and c.partition = r.partition
      and c.position = r."from" and (r.events is null or r.events::uuid[] = array(
        select j.event_id from journal j where j.topic = r.topic and j.partition = r.partition
          and j."offset" >= r."from" and j."offset" < r."to" order by j."offset"))
    returning c.stage, c.topic, c.partition`,
);

/** As the text of an array, since rows of a statement cannot hold arrays of different lengths. */
const withEvents = (move: Advance) => ({
  ...move,
  events: move.events === undefined ? null : `{${move.events.join()}}`,
});

/** Stages and their topics, `s`, where they have yet to begin in the lane `h`. */
const yetToBegin = `(values ${passedOn.map(([stage, topic]) => `('${stage}', '${topic}')`).join(", ")}) s (stage, topic)
  where s.topic = h.topic and not exists (
    select 1 from cursors c where c.stage = s.stage and c.topic = h.topic and c.partition = h.partition)`;

/** Rows removed by one statement, so that none runs into the statement timeout. */
const PRUNE_CHUNK = 20_000;

export const layer: Layer.Layer<Journal, never, SqlClient.SqlClient> = Layer.effect(
  Journal,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;
    const columns = sql.literal(Rows.columns);

    /** Where each lane began, or which of the rows are written already. */
    const write = (placed: Places.Placed) =>
      sql.unsafe<Places.Appended>(
        "select * from journal_append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        Places.parameters(placed),
      );

    const append = Effect.fn("Journal.append")(function* (entries: ReadonlyArray<Entry>) {
      let fresh = entries;
      while (fresh.length > 0) {
        const placed = Places.place(fresh);
        const answer = yield* write(placed);
        const known = answer[0]?.known ?? null;
        if (known === null) return Places.rowsOf(placed, answer);
        const written = new Set(known);
        fresh = placed.entries.filter((_, index) => !written.has(index));
      }
      return [];
    }, orUnavailable);

    const position: Journal["Service"]["position"] = Effect.fn("Journal.position")(function* (cursor) {
      const here = sql`stage = ${cursor.stage} and topic = ${cursor.topic} and partition = ${cursor.partition}`;
      const find = sql<{ readonly position: bigint }>`select position from cursors where ${here}`;
      const found = (yield* find)[0];
      if (found !== undefined) return Number(found.position);
      yield* sql`
        insert into cursors (stage, topic, partition, position)
        select ${cursor.stage}, ${cursor.topic}, ${cursor.partition}, coalesce(
          (select min("offset") from journal where topic = ${cursor.topic} and partition = ${cursor.partition}),
          (select head from journal_heads where topic = ${cursor.topic} and partition = ${cursor.partition}),
          0)
        on conflict do nothing`;
      return Number((yield* find)[0]?.position ?? 0n);
    }, orUnavailable);

    const advance: Journal["Service"]["advance"] = Effect.fn("Journal.advance")(function* (moves) {
      const moved = yield* moveCursors<Cursor>(sql, moves.map(withEvents));
      if (moved.length === moves.length) return;
      const names = new Set(moved.map(nameOf));
      // Each is moved once, so one that is named twice stands elsewhere for the second.
      const stuck = moves.find((move) => !names.delete(nameOf(move)));
      if (stuck === undefined) return;
      const { stage, topic, partition, from, to } = stuck;
      const actual = yield* position(stuck);
      const isThere = actual === from && !moved.some((cursor) => nameOf(cursor) === nameOf(stuck));
      if (isThere) return yield* new EventsUnknown({ stage, topic, partition, from, to });
      return yield* new CursorMoved({ stage, topic, partition, expected: from, actual });
    }, orUnavailable);

    const read: Journal["Service"]["read"] = Effect.fn("Journal.read")(function* (
      topic,
      partition,
      from,
      limit,
    ) {
      const rows = yield* sql<Rows.JournalRow>`
        select ${columns} from journal
        where topic = ${topic} and partition = ${partition} and "offset" >= ${BigInt(from)}
        order by "offset" limit ${limit}`;
      return rows.map(Rows.toRow);
    }, orUnavailable);

    const head: Journal["Service"]["head"] = Effect.fn("Journal.head")(function* (topic, partition) {
      const rows = yield* sql<{ readonly head: bigint }>`
        select head from journal_heads where topic = ${topic} and partition = ${partition}`;
      return Number(rows[0]?.head ?? 0n);
    }, orUnavailable);

    const unpublished: Journal["Service"]["unpublished"] = Effect.fn("Journal.unpublished")(function* (
      topic,
      partition,
      limit,
    ) {
      const rows = yield* sql<Rows.JournalRow>`
        select ${columns} from journal
        where topic = ${topic} and partition = ${partition} and "offset" >= coalesce(
          (select position from publish_cursors where topic = ${topic} and partition = ${partition}), 0)
        order by "offset" limit ${limit}`;
      return rows.map(Rows.toRow);
    }, orUnavailable);

    const markPublished: Journal["Service"]["markPublished"] = Effect.fn("Journal.markPublished")(function* (
      marks,
    ) {
      if (marks.length === 0) return;
      yield* sql`
        insert into publish_cursors as c (topic, partition, position)
        select topic, partition, max(position)
        from json_to_recordset(${JSON.stringify(marks)}::json) as m (topic text, partition int, position bigint)
        group by topic, partition order by topic, partition
        on conflict (topic, partition) do update
          set position = excluded.position, updated_at = now() where c.position < excluded.position`;
    }, orUnavailable);

    const markAllPublished = sql`
      update publish_cursors p set position = h.head, updated_at = now() from journal_heads h
      where h.topic = p.topic and h.partition = p.partition and p.position < h.head`.pipe(
      Effect.asVoid,
      orUnavailable,
    );

    const deadLetter: Journal["Service"]["deadLetter"] = Effect.fn("Journal.deadLetter")(function* (letters) {
      if (letters.length === 0) return;
      const rows = letters.map(({ stage, topic, partition, row, error }) => ({
        stage,
        topic,
        partition,
        offset: row.offset,
        event_id: row.eventId,
        agent_id: row.agentId,
        payload: row.payload,
        error,
      }));
      yield* sql`
        insert into dead_letters (stage, topic, partition, "offset", event_id, agent_id, payload, error)
        select * from json_to_recordset(${JSON.stringify(rows)}::json) as d (
          stage text, topic text, partition int, "offset" bigint, event_id uuid, agent_id uuid, payload jsonb, error text)
        on conflict do nothing`;
    }, orUnavailable);

    const lag: Journal["Service"]["lag"] = Effect.gen(function* () {
      const rows = yield* sql<{
        readonly stage: string;
        readonly topic: string;
        readonly partition: number;
        readonly position: bigint;
        readonly head: bigint;
        readonly hasBegun: boolean;
      }>`
        select c.stage, c.topic, c.partition, c.position, coalesce(h.head, 0) as head, true as "hasBegun"
        from cursors c left join journal_heads h using (topic, partition)
        union all
        select s.stage, h.topic, h.partition, h.tail, h.head, false
        from journal_heads h cross join lateral (select s.stage from ${sql.literal(yetToBegin)}) s
        order by 1, 2, 3`;
      return rows.map((row): Lag => ({ ...row, position: Number(row.position), head: Number(row.head) }));
    }).pipe(orUnavailable);

    /** Where each topic and partition must be kept from, since someone still has to read it. */
    const bounds = sql<{
      readonly topic: string;
      readonly partition: number;
      readonly bound: bigint;
    }>`
      select h.topic, h.partition, least(h.head,
        (select h.tail from ${sql.literal(yetToBegin)}),
        (select min(c.position) from cursors c where c.topic = h.topic and c.partition = h.partition),
        (select p.position from publish_cursors p where p.topic = h.topic and p.partition = h.partition)) as bound
      from journal_heads h order by 1, 2`;

    const prune = Effect.fn("Journal.prune")(function* (olderThan: number) {
      let removed = 0;
      for (const { topic, partition, bound } of yield* bounds) {
        while (true) {
          // Up to the first that is young. Rows have no order by their instant that an index knew of.
          const rows = yield* sql<{ readonly removed: bigint }>`
            with oldest as materialized (
              select "offset", at from journal
              where topic = ${topic} and partition = ${partition} and "offset" < ${bound}
                and "offset" >= (select tail from journal_heads where topic = ${topic} and partition = ${partition})
              order by "offset" limit ${PRUNE_CHUNK}
            ), gone as (
              delete from journal j using oldest o
              where j.topic = ${topic} and j.partition = ${partition} and j."offset" = o."offset"
                and o."offset" < coalesce(
                  (select min(y."offset") from oldest y where y.at >= ${new Date(olderThan)}), ${bound})
              returning j."offset", j.xid, j.seq
            ), noted as (
              update meta set pruned_xid = g.xid, pruned_seq = g.seq
              from (select xid, seq from gone order by xid desc, seq desc limit 1) g
              where (g.xid, g.seq) > (pruned_xid, pruned_seq)
            ), moved as (
              update journal_heads h set tail = g.last + 1 from (select max("offset") as last from gone) g
              where h.topic = ${topic} and h.partition = ${partition} and g.last is not null)
            select count(*) as removed from gone`;
          const count = Number(rows[0]?.removed ?? 0n);
          removed += count;
          if (count < PRUNE_CHUNK) break;
        }
      }
      return removed;
    }, orUnavailable);

    return Journal.of({
      append,
      position,
      advance,
      read,
      head,
      ...PgFeed.make(sql),
      unpublished,
      markPublished,
      markAllPublished,
      deadLetter,
      lag,
      prune,
    });
  }),
);
