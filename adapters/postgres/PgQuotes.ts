import { PgTypes } from "@effect/sql-pg";
import { Money } from "@strom/core";
import type { NewQuote, Quote, QuoteBounds } from "@strom/core/ports";
import { Database, Quotes } from "@strom/core/ports";
import { Effect, Layer, Schema } from "effect";
import { SqlClient } from "effect/sql";
import { orUnavailable } from "./Failure.ts";
import * as PgPage from "./PgPage.ts";
import * as Outcomes from "./PgQuoteOutcomes.ts";
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

/** What feeders brought is marked so, and what a market of ours made is not. */
const FED = "feed:%";

export const layer: Layer.Layer<Quotes, never, SqlClient.SqlClient | Database> = Layer.effect(
  Quotes,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;
    const database = yield* Database;
    // Who brought a price is on record, and nobody else's business.
    const columns = sql`symbol, ts as at, trim_scale(price)::text as price, trim_scale(volume)::text as volume,
      case when source like ${FED} then 'feed' else source end as source`;

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

    const remembered = Effect.fnUntraced(function* (quotes: ReadonlyArray<NewQuote>, takenMs: number) {
      const asked = quotes.map(({ symbol, at }) => ({ symbol, ts: Row.iso(at) }));
      const same = yield* sql<Row.Row>`
        select m.symbol, m.ts as at, trim_scale(m.price)::text as price
        from json_to_recordset(${PgTypes.json(asked)}) as q (symbol text, ts timestamptz)
        join market_prices m on m.symbol = q.symbol and m.ts = q.ts`;
      const prices = new Map(
        same.map((row) => [
          Outcomes.nameOf({ symbol: Row.text(row, "symbol"), at: Row.number(row, "at") }),
          Row.price(row, "price"),
        ]),
      );
      const symbols = [...new Set(quotes.map(({ symbol }) => symbol))];
      // No quote is taken that is older than the latest, so the markets' own prices are looked for from there on back.
      const last = yield* sql<Row.Row>`
        select s.symbol, l.ts as at, trim_scale(l.price)::text as price, o.ts as taken_at, o.source as taken_by
        from json_array_elements_text(${PgTypes.json(symbols)}) as s (symbol)
        cross join lateral (
          select ts, price from market_prices m where m.symbol = s.symbol order by m.ts desc limit 1) l
        left join lateral (
          select m.ts, m.source from market_prices m
          where m.symbol = s.symbol and m.ts >= l.ts - ${takenMs}::int * interval '1 millisecond'
            and m.source not like ${FED} order by m.ts desc limit 1) o on true`;
      const latest = new Map<string, Outcomes.Latest>();
      const taken = new Map<string, Outcomes.Taken>();
      for (const row of last) {
        const symbol = Row.text(row, "symbol");
        latest.set(symbol, { at: Row.number(row, "at"), price: Row.price(row, "price") });
        const by = Row.textOrNull(row, "taken_by");
        if (by !== null) taken.set(symbol, { at: Row.number(row, "taken_at"), by });
      }
      return { prices, latest, taken };
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
      store: Effect.fn("Quotes.store")(function* (
        quotes: ReadonlyArray<NewQuote>,
        source: string,
        bounds: QuoteBounds,
      ) {
        if (quotes.length === 0) return [];
        return yield* database.transaction(
          Effect.gen(function* () {
            // Feeders of one symbol take turns, so that "older than the latest" cannot be raced.
            yield* sql`
              select pg_advisory_xact_lock(hashtextextended('strom/quotes/' || symbol, 0))
              from (select distinct value as symbol from json_array_elements_text(${PgTypes.json(
                quotes.map(({ symbol }) => symbol),
              )}) order by 1) s`;
            const known = yield* remembered(quotes, bounds.takenMs);
            const outcomes = Outcomes.of(quotes, known, bounds);
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
