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
  const time = sql.literal(order.time);
  const rank = sql.literal(order.rank ?? "0::bigint");
  const id = sql.literal(order.id);
  const { after, limit } = slice;
  // The time is compared by itself too: the rank may be of another table, and then no index knows the whole.
  const isAfter = ({ micros, rank: at, id: last }: Place) => {
    const instant = sql`(timestamptz 'epoch' + ${Number(micros)}::float8 * interval '1 microsecond')`;
    return sql`${time} <= ${instant} and (${time}, ${rank}, ${id}) < (${instant}, ${at}::bigint, ${last}::uuid)`;
  };
  const byTime = {
    isAfter,
    end: sql`order by ${time} desc, ${rank} desc, ${id} desc limit ${limit + 1}::int`,
  };
  const byKey = ({ table, column }: NonNullable<Order["key"]>) => {
    const key = sql.literal(`t.${column} collate "C"`);
    const known = sql.literal(`select k.${column} from ${table} k where k.id`);
    return {
      isAfter: (place: Place) => sql`${key} > (${known} = ${place.id}::uuid)`,
      end: sql`order by ${key} limit ${limit + 1}::int`,
    };
  };
  const ordered = order.key === undefined ? byTime : byKey(order.key);
  const rows = yield* select({
    place: sql`(extract(epoch from ${time}) * 1000000)::bigint as place_micros,
      ${rank} as place_rank, ${id}::text as place_id`,
    isAfter: after === null ? sql`true` : ordered.isAfter(after),
    end: ordered.end,
  });
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
