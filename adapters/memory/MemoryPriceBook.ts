import { Bar } from "@strom/core";
import type { Glimpse, Priced, Window } from "@strom/core/ports";
import { PriceBook } from "@strom/core/ports";
import { Effect, Layer } from "effect";
import { MemoryConnection } from "./MemoryConnection.ts";
import type { MemoryRecord, Price } from "./MemoryRecord.ts";

/** The index of the first price at or after an instant. */
const lowerBound = (prices: ReadonlyArray<Price>, at: number): number => {
  let low = 0;
  let high = prices.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const price = prices[middle];
    if (price !== undefined && price.at < at) low = middle + 1;
    else high = middle;
  }
  return low;
};

const pricesOf = (record: MemoryRecord, symbol: string): Array<Price> => {
  const known = record.prices.get(symbol);
  if (known !== undefined) return known;
  const prices: Array<Price> = [];
  record.prices.set(symbol, prices);
  return prices;
};

/** One price an instant and symbol: the first stays. */
const append = (record: MemoryRecord, given: ReadonlyArray<Priced>): number => {
  let stored = 0;
  for (const { symbol, at, price, volume } of given) {
    const prices = pricesOf(record, symbol);
    const place = lowerBound(prices, at);
    if (prices[place]?.at === at) continue;
    prices.splice(place, 0, { at, price, volume });
    record.undo(() => prices.splice(place, 1));
    stored += 1;
  }
  return stored;
};

const tick = ({ at, price, volume }: Price): Bar.Tick =>
  volume === null ? { at, price } : { at, price, volume };

const fold = (prices: ReadonlyArray<Price>, symbol: string, from: number, to: number): Bar.Bar | null =>
  Bar.fold(symbol, from, to, prices.slice(lowerBound(prices, from), lowerBound(prices, to)).map(tick));

const look = (record: MemoryRecord, { symbol, from, to }: Window): Glimpse | null => {
  const prices = record.prices.get(symbol) ?? [];
  const last = prices[lowerBound(prices, to) - 1];
  if (last === undefined) return null;
  const bar = fold(prices, symbol, from, to) ?? Bar.stale(symbol, from, to, last.price);
  return { bar, pricedAt: last.at };
};

/** From the youngest back, as long as there are older prices. */
const history = (
  prices: ReadonlyArray<Price>,
  symbol: string,
  intervalMs: number,
  to: number,
  count: number,
) => {
  const bars: Array<Bar.Bar> = [];
  let end = to;
  while (bars.length < count) {
    const last = prices[lowerBound(prices, end) - 1];
    if (last === undefined) break;
    end = to - Math.ceil((to - last.at) / intervalMs) * intervalMs + intervalMs;
    const bar = fold(prices, symbol, end - intervalMs, end);
    if (bar !== null) bars.push(bar);
    end -= intervalMs;
  }
  return bars.reverse();
};

export const layer: Layer.Layer<PriceBook, never, MemoryConnection> = Layer.effect(
  PriceBook,
  Effect.gen(function* () {
    const { ask } = yield* MemoryConnection;
    return PriceBook.of({
      append: (prices) => ask("prices.append", (record) => append(record, prices)),
      look: (windows) => ask("prices.look", (record) => windows.map((window) => look(record, window))),
      history: (symbols, intervalMs, to, count) =>
        ask("prices.history", (record) => {
          const bars = (symbol: string) =>
            history(record.prices.get(symbol) ?? [], symbol, intervalMs, to, count);
          return new Map(count <= 0 ? [] : symbols.map((symbol) => [symbol, bars(symbol)]));
        }),
      recall: (market) =>
        ask("prices.recall", (record) => {
          const state = record.markets.get(market);
          return state === undefined ? null : JSON.parse(state);
        }),
      remember: (market, state) =>
        ask("prices.remember", (record) => record.markets.set(market, JSON.stringify(state))),
    });
  }),
);
