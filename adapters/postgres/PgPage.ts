import type { Page, Place, Slice } from "@strom/core/ports";
import { Effect, Schema } from "effect";
import type { SqlClient } from "effect/sql/SqlClient";
import type { SqlError } from "effect/sql/SqlError";
import type { Fragment } from "effect/sql/Statement";
import * as Row from "./PgRow.ts";

/** How a list is ordered: columns of its time and, as tie-breakers, of a rank and a uuid. Written by us, never by a caller. */
export interface Order {
  readonly time: string;
  /** A bigint of 0 to 18 digits that grows within an instant, such as the place of an order among its slot's. */
  readonly rank?: string;
  readonly id: string;
  /**
   * A text that never changes, to order a list by where the time of a row does: one that came to the front between two
   * pages would be on neither. From its least; a place is told by the uuid of a row. `t` is the table.
   */
  readonly key?: { readonly table: string; readonly column: string };
}

/** A place's instant. */
export const instant = (sql: SqlClient, { micros }: Place): Fragment =>
  sql`(timestamptz 'epoch' + ${Number(micros)}::float8 * interval '1 microsecond')`;

const parts = (sql: SqlClient, order: Order) => ({
  time: sql.literal(order.time),
  rank: sql.literal(order.rank ?? "0::bigint"),
  id: sql.literal(order.id),
});

/** What tells the place of each row: columns to select beside the item's own. */
export const place = (sql: SqlClient, order: Order): Fragment => {
  const { time, rank, id } = parts(sql, order);
  return sql`(extract(epoch from ${time}) * 1000000)::bigint as place_micros,
    ${rank} as place_rank, ${id}::text as place_id`;
};

/** Newest first. */
export const newest = (sql: SqlClient, order: Order): Fragment => {
  const { time, rank, id } = parts(sql, order);
  return sql`order by ${time} desc, ${rank} desc, ${id} desc`;
};

/** A page from its rows, of which there may be one more than asked for: then another page comes after it. */
export const of = Effect.fnUntraced(function* <A>(
  item: Schema.ConstraintDecoder<A>,
  { limit }: Slice,
  rows: ReadonlyArray<Row.Row>,
) {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const items = yield* Effect.orDie(Schema.decodeUnknownEffect(Schema.Array(item))(shown));
  const page: Page<A> = {
    items,
    next:
      rows.length > limit && last !== undefined
        ? {
            micros: Row.bigint(last, "place_micros"),
            rank: Row.bigint(last, "place_rank"),
            id: Row.text(last, "place_id"),
          }
        : null,
  };
  return page;
});

/** Reads a slice: `select` is given the place of each row, the rows after the slice's place, and order and limit. */
export const read = Effect.fnUntraced(function* <A>(
  sql: SqlClient,
  order: Order,
  slice: Slice,
  item: Schema.ConstraintDecoder<A>,
  select: (parts: {
    /** Columns to select beside the item's own. */
    readonly place: Fragment;
    /** A condition. */
    readonly isAfter: Fragment;
    /** The end of the statement. */
    readonly end: Fragment;
  }) => Effect.Effect<ReadonlyArray<Row.Row>, SqlError>,
) {
  const { time, rank, id } = parts(sql, order);
  const { after, limit } = slice;
  // The time is compared by itself too: the rank may be of another table, and then no index knows the whole.
  const byTime = {
    isAfter: (last: Place) => {
      const at = instant(sql, last);
      return sql`${time} <= ${at} and (${time}, ${rank}, ${id}) < (${at}, ${last.rank}::bigint, ${last.id}::uuid)`;
    },
    end: sql`${newest(sql, order)} limit ${limit + 1}::int`,
  };
  const byKey = ({ table, column }: NonNullable<Order["key"]>) => {
    const key = sql.literal(`t.${column} collate "C"`);
    const known = sql.literal(`select k.${column} from ${table} k where k.id`);
    return {
      isAfter: (last: Place) => sql`${key} > (${known} = ${last.id}::uuid)`,
      end: sql`order by ${key} limit ${limit + 1}::int`,
    };
  };
  const ordered = order.key === undefined ? byTime : byKey(order.key);
  const rows = yield* select({
    place: place(sql, order),
    isAfter: after === null ? sql`true` : ordered.isAfter(after),
    end: ordered.end,
  });
  return yield* of(item, slice, rows);
});
