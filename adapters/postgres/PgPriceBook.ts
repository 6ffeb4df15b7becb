import { PgTypes } from "@effect/sql-pg";
import { Bar } from "@strom/core";
import type { Glimpse, Priced, Window } from "@strom/core/ports";
import { PriceBook } from "@strom/core/ports";
import { Effect, Layer } from "effect";
import { SqlClient } from "effect/sql";
import { orUnavailable } from "./Failure.ts";
import * as Row from "./PgRow.ts";

/** Windows up to this long are folded here from their prices; longer ones by the database. */
const RAW_MS = 120_000;
/** Spans of prices closer together than this are read as one. */
const JOIN_MS = 30_000;
/** However long the bars, a warm-up reads no more prices than this a symbol. */
const HISTORY_ROWS = 200_000;

interface Span {
  readonly symbol: string;
  readonly from: number;
  to: number;
  readonly ticks: Array<Bar.Tick>;
}

/** The fewest spans that cover the windows: agents of one frequency look at nearly the same seconds. */
const cover = (windows: ReadonlyArray<Window>): ReadonlyArray<Span> => {
  const spans: Array<Span> = [];
  const sorted = [...windows].sort((a, b) =>
    a.symbol === b.symbol ? a.from - b.from : a.symbol < b.symbol ? -1 : 1,
  );
  for (const { symbol, from, to } of sorted) {
    const last = spans.at(-1);
    if (last !== undefined && last.symbol === symbol && from <= last.to + JOIN_MS) {
      if (to > last.to) last.to = to;
    } else spans.push({ symbol, from, to, ticks: [] });
  }
  return spans;
};

/** The index of the first tick at or after an instant. */
const lowerBound = (ticks: ReadonlyArray<Bar.Tick>, at: number): number => {
  let low = 0;
  let high = ticks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const tick = ticks[middle];
    if (tick !== undefined && tick.at < at) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The window's bar from ticks in order of time, the last one before the window among them. */
const glimpse = ({ symbol, from, to }: Window, ticks: ReadonlyArray<Bar.Tick>): Glimpse | null => {
  const start = lowerBound(ticks, from);
  const end = lowerBound(ticks, to);
  const last = ticks[end - 1];
  if (last === undefined) return null;
  const bar = Bar.fold(symbol, from, to, ticks.slice(start, end));
  return { bar: bar ?? Bar.stale(symbol, from, to, last.price), pricedAt: last.at };
};

const tickOf = (row: Row.Row): Bar.Tick => {
  const volume = Row.numberOrNull(row, "volume");
  const tick = { at: Row.number(row, "ts"), price: Row.number(row, "price") };
  return volume === null ? tick : { ...tick, volume };
};

const barOf = (row: Row.Row, symbol: string, from: number, to: number): Bar.Bar => ({
  symbol,
  from,
  to,
  open: Row.number(row, "open"),
  high: Row.number(row, "high"),
  low: Row.number(row, "low"),
  close: Row.number(row, "close"),
  volume: Row.number(row, "volume"),
  ticks: Row.number(row, "ticks"),
});

export const layer = Layer.effect(
  PriceBook,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;

    /** Added as a bar adds them, in doubles and in order: exactly added they would be another number. */
    const volume = sql`coalesce(sum(m.volume::float8 order by m.ts), 0)`;

    const append = Effect.fnUntraced(function* (prices: ReadonlyArray<Priced>, source: string) {
      if (prices.length === 0) return 0;
      const rows = prices.map(({ symbol, at, price, volume }) => ({
        symbol,
        ts: Row.iso(at),
        price,
        volume,
      }));
      const stored = yield* sql`
        insert into market_prices (symbol, ts, price, volume, source)
        select p.symbol, p.ts, p.price, p.volume, ${source}
        from json_to_recordset(${PgTypes.json(rows)}) as p (
          symbol text, ts timestamptz, price numeric(18,6), volume numeric)
        on conflict (symbol, ts) do nothing
        returning 1`;
      return stored.length;
    }, orUnavailable);

    const ticksOf = Effect.fnUntraced(function* (spans: ReadonlyArray<Span>) {
      if (spans.length === 0) return;
      const asked = spans.map(({ symbol, from, to }, n) => ({
        n,
        symbol,
        from: Row.iso(from),
        to: Row.iso(to),
      }));
      const rows = yield* sql<Row.Row>`
        select s.n, p.ts, p.price::float8 as price, p.volume::float8 as volume
        from json_to_recordset(${PgTypes.json(asked)}) as s (
          n int, symbol text, "from" timestamptz, "to" timestamptz)
        cross join lateral (
          (select ts, price, volume from market_prices m
           where m.symbol = s.symbol and m.ts < s."from" order by m.ts desc limit 1)
          union all
          (select ts, price, volume from market_prices m
           where m.symbol = s.symbol and m.ts >= s."from" and m.ts < s."to")
        ) p
        order by s.n, p.ts`;
      for (const row of rows) spans[Row.number(row, "n")]?.ticks.push(tickOf(row));
    });

    const folded = Effect.fnUntraced(function* (windows: ReadonlyArray<Window>) {
      const found = new Map<Window, Glimpse>();
      if (windows.length === 0) return found;
      const asked = windows.map(({ symbol, from, to }, n) => ({
        n,
        symbol,
        from: Row.iso(from),
        to: Row.iso(to),
      }));
      const rows = yield* sql<Row.Row>`
        select w.n, b.*, l.ts as last_at, l.price::float8 as last
        from json_to_recordset(${PgTypes.json(asked)}) as w (
          n int, symbol text, "from" timestamptz, "to" timestamptz)
        cross join lateral (
          select (array_agg(m.price order by m.ts))[1]::float8 as open, max(m.price)::float8 as high,
            min(m.price)::float8 as low, (array_agg(m.price order by m.ts desc))[1]::float8 as close,
            ${volume} as volume, count(*)::int as ticks
          from market_prices m where m.symbol = w.symbol and m.ts >= w."from" and m.ts < w."to"
        ) b
        cross join lateral (
          select m.ts, m.price from market_prices m
          where m.symbol = w.symbol and m.ts < w."to" order by m.ts desc limit 1
        ) l`;
      for (const row of rows) {
        const window = windows[Row.number(row, "n")];
        if (window === undefined) continue;
        const { symbol, from, to } = window;
        const bar =
          Row.number(row, "ticks") === 0
            ? Bar.stale(symbol, from, to, Row.number(row, "last"))
            : barOf(row, symbol, from, to);
        found.set(window, { bar, pricedAt: Row.number(row, "last_at") });
      }
      return found;
    });

    const look = Effect.fnUntraced(function* (windows: ReadonlyArray<Window>) {
      const isShort = ({ from, to }: Window) => to - from <= RAW_MS;
      const spans = cover(windows.filter(isShort));
      yield* ticksOf(spans);
      const long = yield* folded(windows.filter((window) => !isShort(window)));
      return windows.map((window) => {
        if (!isShort(window)) return long.get(window) ?? null;
        const span = spans.find(
          ({ symbol, from, to }) => symbol === window.symbol && from <= window.from && window.to <= to,
        );
        return span === undefined ? null : glimpse(window, span.ticks);
      });
    }, orUnavailable);

    const barsOf = Effect.fnUntraced(function* (
      symbol: string,
      intervalMs: number,
      from: number,
      to: number,
      count: number,
    ) {
      const rows = yield* sql<Row.Row>`
        select g.*, sum(g.ticks) over () = ${HISTORY_ROWS}::int and g.back = max(g.back) over () as is_cut from (
          select (((extract(epoch from ${Row.iso(to)}::timestamptz - m.ts) * 1000)::bigint - 1)
              / ${intervalMs}::bigint)::bigint as back,
            (array_agg(m.price order by m.ts))[1]::float8 as open, max(m.price)::float8 as high,
            min(m.price)::float8 as low, (array_agg(m.price order by m.ts desc))[1]::float8 as close,
            ${volume} as volume, count(*)::int as ticks
          from (
            select ts, price, volume from market_prices
            where symbol = ${symbol} and ts >= ${Row.iso(from)}::timestamptz and ts < ${Row.iso(to)}::timestamptz
            order by ts desc limit ${HISTORY_ROWS}::int
          ) m
          group by 1
        ) g order by g.back limit ${count}::int`;
      // The oldest of as many prices as are read may be the midst of its bar.
      const whole = rows.filter((row) => !Row.boolean(row, "is_cut"));
      return whole.reverse().map((row) => {
        const end = to - Row.number(row, "back") * intervalMs;
        return barOf(row, symbol, end - intervalMs, end);
      });
    });

    /** A symbol a statement: together those of a wide agent would take too long for one. */
    const barsBack = Effect.fnUntraced(function* (
      symbols: ReadonlyArray<string>,
      intervalMs: number,
      from: number,
      to: number,
      count: number,
    ) {
      const bars = new Map<string, ReadonlyArray<Bar.Bar>>();
      for (const symbol of symbols) bars.set(symbol, yield* barsOf(symbol, intervalMs, from, to, count));
      return bars;
    });

    const history = Effect.fnUntraced(function* (
      symbols: ReadonlyArray<string>,
      intervalMs: number,
      to: number,
      count: number,
    ) {
      if (count <= 0 || symbols.length === 0) return new Map<string, ReadonlyArray<Bar.Bar>>();
      const near = yield* barsBack(symbols, intervalMs, Math.max(0, to - 4 * count * intervalMs), to, count);
      const short = symbols.filter((symbol) => (near.get(symbol)?.length ?? 0) < count);
      if (short.length === 0) return near;
      // Nights, weekends and outages: ask again without a horizon, for those only.
      const far = yield* barsBack(short, intervalMs, 0, to, count);
      return new Map<string, ReadonlyArray<Bar.Bar>>([...near, ...far]);
    }, orUnavailable);

    const recall = Effect.fnUntraced(function* (market: string) {
      const rows = yield* sql<Row.Row>`select state from market_states where name = ${market}`;
      return rows[0] === undefined ? null : Row.json(rows[0], "state");
    }, orUnavailable);

    const remember = Effect.fnUntraced(function* (market: string, state: unknown, at: number) {
      yield* sql`
        insert into market_states (name, state, at)
        values (${market}, ${PgTypes.jsonb(state)}, ${Row.iso(at)}::timestamptz)
        on conflict (name) do update set state = excluded.state, at = excluded.at`;
    }, orUnavailable);

    return PriceBook.of({ append, look, history, recall, remember });
  }),
);
