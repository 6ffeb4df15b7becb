import { PgTypes } from "@effect/sql-pg";
import { Money } from "@strom/core";
import type { NewQuote, Outcome, Quote } from "@strom/core/ports";
import { Database, Quotes } from "@strom/core/ports";
import { Effect, Layer, Schema } from "effect";
import { SqlClient } from "effect/sql";
import { orUnavailable } from "./Failure.ts";
import * as PgPage from "./PgPage.ts";
import * as Row from "./PgRow.ts";

const QuoteRow = Schema.Struct({
  symbol: Schema.String,
  at: Schema.Number,
  price: Schema.String,
  volume: Schema.NullOr(Schema.String),
  source: Schema.String,
});

/** A price has no uuid: within a symbol its instant is unique. */
const NIL = "00000000-0000-0000-0000-000000000000";

interface Known {
  readonly at: number;
  readonly price: bigint;
}

/** What becomes of each quote, given what is known of its symbol and instant, and the latest of its symbol. */
export const judge = (
  quotes: ReadonlyArray<NewQuote>,
  latest: ReadonlyMap<string, number>,
  known: ReadonlyMap<string, Known>,
): ReadonlyArray<Outcome> => {
  const latestAt = new Map(latest);
  const seen = new Map(known);
  return quotes.map((quote): Outcome => {
    const name = `${quote.symbol} ${quote.at}`;
    const before = seen.get(name);
    if (before !== undefined) {
      return before.price === quote.price
        ? { kind: "known" }
        : { kind: "conflicting", price: Money.format(before.price) };
    }
    const last = latestAt.get(quote.symbol);
    if (last !== undefined && quote.at < last) return { kind: "late", latestAt: last };
    latestAt.set(quote.symbol, quote.at);
    seen.set(name, { at: quote.at, price: quote.price });
    return { kind: "stored" };
  });
};

export const layer: Layer.Layer<Quotes, never, SqlClient.SqlClient | Database> = Layer.effect(
  Quotes,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;
    const database = yield* Database;
    const columns = sql`symbol, ts as at, trim_scale(price)::text as price, trim_scale(volume)::text as volume, source`;

    // A loose scan: one probe a symbol, however many prices it has.
    const latest = Effect.gen(function* () {
      const rows = yield* sql<Row.Row>`
        with recursive symbols as (
          (select symbol from market_prices order by symbol limit 1)
          union all
          select (select m.symbol from market_prices m where m.symbol > s.symbol order by m.symbol limit 1)
          from symbols s where s.symbol is not null
        )
        select l.* from symbols s
        cross join lateral (
          select ${columns} from market_prices m where m.symbol = s.symbol order by m.ts desc limit 1) l
        where s.symbol is not null order by l.symbol`;
      return yield* Effect.orDie(Schema.decodeUnknownEffect(Schema.Array(QuoteRow))(rows));
    }).pipe(orUnavailable, Effect.withSpan("Quotes.latest"));

    const remembered = Effect.fnUntraced(function* (quotes: ReadonlyArray<NewQuote>) {
      const asked = quotes.map(({ symbol, at }) => ({ symbol, ts: Row.iso(at) }));
      const known = new Map<string, Known>();
      const same = yield* sql<Row.Row>`
        select m.symbol, m.ts as at, trim_scale(m.price)::text as price
        from json_to_recordset(${PgTypes.json(asked)}) as q (symbol text, ts timestamptz)
        join market_prices m on m.symbol = q.symbol and m.ts = q.ts`;
      for (const row of same) {
        const at = Row.number(row, "at");
        known.set(`${Row.text(row, "symbol")} ${at}`, { at, price: Row.price(row, "price") });
      }
      const symbols = [...new Set(quotes.map(({ symbol }) => symbol))];
      const latest = new Map<string, number>();
      const last = yield* sql<Row.Row>`
        select s.symbol, l.ts as at from json_array_elements_text(${PgTypes.json(symbols)}) as s (symbol)
        cross join lateral (
          select ts from market_prices m where m.symbol = s.symbol order by m.ts desc limit 1) l`;
      for (const row of last) latest.set(Row.text(row, "symbol"), Row.number(row, "at"));
      return { known, latest };
    });

    const insert = Effect.fnUntraced(function* (quotes: ReadonlyArray<NewQuote>, source: string) {
      if (quotes.length === 0) return;
      const rows = quotes.map(({ symbol, at, price, volume }) => ({
        symbol,
        ts: Row.iso(at),
        price: Money.format(price),
        volume: volume === null ? null : Money.format(volume),
      }));
      yield* sql`
        insert into market_prices (symbol, ts, price, volume, source)
        select symbol, ts, price, volume, ${source}
        from json_to_recordset(${PgTypes.json(rows)}) as p (
          symbol text, ts timestamptz, price numeric(18,6), volume numeric)
        on conflict (symbol, ts) do nothing`;
    });

    return Quotes.of({
      latest,
      page: (symbol, span, slice) =>
        PgPage.read<Quote>(
          sql,
          { time: "ts", id: `'${NIL}'::uuid` },
          slice,
          QuoteRow,
          ({ place, isAfter, end }) => sql<Row.Row>`
            select ${columns}, ${place} from market_prices
            where symbol = ${symbol}
              and ${span.from === undefined ? sql`true` : sql`ts >= ${Row.iso(span.from)}::timestamptz`}
              and ${span.to === undefined ? sql`true` : sql`ts < ${Row.iso(span.to)}::timestamptz`}
              and ${isAfter} ${end}`,
        ).pipe(orUnavailable, Effect.withSpan("Quotes.page")),
      store: Effect.fn("Quotes.store")(function* (quotes: ReadonlyArray<NewQuote>, source: string) {
        if (quotes.length === 0) return [];
        return yield* database.transaction(
          Effect.gen(function* () {
            // Feeders of one symbol take turns, so that "older than the latest" cannot be raced.
            yield* sql`
              select pg_advisory_xact_lock(hashtextextended('strom/quotes/' || symbol, 0))
              from (select distinct value as symbol from json_array_elements_text(${PgTypes.json(
                quotes.map(({ symbol }) => symbol),
              )}) order by 1) s`;
            const { known, latest } = yield* remembered(quotes);
            const outcomes = judge(quotes, latest, known);
            yield* insert(
              quotes.filter((_, index) => outcomes[index]?.kind === "stored"),
              source,
            );
            return outcomes;
          }).pipe(orUnavailable),
        );
      }),
    });
  }),
);
