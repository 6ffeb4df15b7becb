import { Expiry } from "@strom/core/ports";
import { Effect, Layer } from "effect";
import type { SqlError, Statement } from "effect/sql";
import { SqlClient } from "effect/sql";
import { orUnavailable } from "./Failure.ts";
import * as Row from "./PgRow.ts";

/** Rows removed by one statement, so that none runs into the statement timeout or holds its locks for long. */
const CHUNK = 10_000;

type Deletion = Statement.Statement<Row.Row>;

/** Repeats a deletion of at most CHUNK rows until there is nothing left of it. */
const drain = (deletion: Deletion): Effect.Effect<number, SqlError.SqlError> =>
  Effect.gen(function* () {
    let removed = 0;
    while (true) {
      const rows = yield* deletion;
      const count = rows[0] === undefined ? 0 : Row.number(rows[0], "removed");
      removed += count;
      if (count < CHUNK) return removed;
    }
  });

export const layer: Layer.Layer<Expiry, never, SqlClient.SqlClient> = Layer.effect(
  Expiry,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;

    const answers = Effect.fnUntraced(function* (olderThan: number) {
      return yield* drain(sql`
        with gone as (
          delete from api_idempotency where (principal, route, key) in (
            select principal, route, key from api_idempotency
            where created_at < ${Row.iso(olderThan)}::timestamptz order by created_at limit ${CHUNK})
          returning 1)
        select count(*)::int as removed from gone`);
    }, orUnavailable);

    const symbols = sql<Row.Row>`
      with recursive priced as (
        (select symbol from market_prices order by symbol limit 1)
        union all
        select (select m.symbol from market_prices m where m.symbol > p.symbol order by m.symbol limit 1)
        from priced p where p.symbol is not null)
      select symbol from priced where symbol is not null`;

    const prices = Effect.fnUntraced(function* (olderThan: number) {
      let removed = 0;
      for (const row of yield* symbols) {
        const symbol = Row.text(row, "symbol");
        removed += yield* drain(sql`
          with newest as (
            select ts from market_prices where symbol = ${symbol} order by ts desc limit 1
          ), gone as (
            delete from market_prices where id in (
              select m.id from market_prices m, newest n
              where m.symbol = ${symbol} and m.ts < n.ts and m.ts < ${Row.iso(olderThan)}::timestamptz
              order by m.ts limit ${CHUNK})
            returning 1)
          select count(*)::int as removed from gone`);
      }
      return removed;
    }, orUnavailable);

    const messages = Effect.fnUntraced(function* (olderThan: number) {
      const updates = yield* drain(sql`
        with gone as (
          delete from telegram_updates where update_id in (
            select update_id from telegram_updates
            where handled_at < ${Row.iso(olderThan)}::timestamptz limit ${CHUNK})
          returning 1)
        select count(*)::int as removed from gone`);
      const notices = yield* drain(sql`
        with gone as (
          delete from notifications where id in (
            select id from notifications
            where state <> 'PENDING' and created_at < ${Row.iso(olderThan)}::timestamptz limit ${CHUNK})
          returning 1)
        select count(*)::int as removed from gone`);
      return updates + notices;
    }, orUnavailable);

    return Expiry.of({ answers, prices, messages });
  }),
);
