import type { Effect } from "effect";
import { Context } from "effect";
import type { Bar } from "../Bar.ts";
import type { DatabaseUnavailable } from "./Database.ts";

/** One price of one symbol. */
export interface Priced {
  readonly symbol: string;
  /** ms since the epoch. */
  readonly at: number;
  /** float64, exactly a `Price`. */
  readonly price: number;
  /** Units traded since the price before; `null` when unknown. */
  readonly volume: number | null;
}

/** An interval of a symbol, `[from, to)` in ms since the epoch. */
export interface Window {
  readonly symbol: string;
  readonly from: number;
  readonly to: number;
}

/** What is known of a window: its bar, stale when nothing was priced inside, and when its close was priced. */
export interface Glimpse {
  readonly bar: Bar;
  readonly pricedAt: number;
}

/** The prices on record. Everything else that was ever "latest" is read from here. */
export class PriceBook extends Context.Service<
  PriceBook,
  {
    /** Stores prices in one statement and answers how many were new: one price an instant and symbol. */
    readonly append: (
      prices: ReadonlyArray<Priced>,
      source: string,
    ) => Effect.Effect<number, DatabaseUnavailable>;
    /** What is known of each window, in the order asked; `null` where no price is known up to its end. */
    readonly look: (
      windows: ReadonlyArray<Window>,
    ) => Effect.Effect<ReadonlyArray<Glimpse | null>, DatabaseUnavailable>;
    /** Up to `count` priced bars of `intervalMs` of each symbol that end at or before `to`, oldest first. */
    readonly history: (
      symbols: ReadonlyArray<string>,
      intervalMs: number,
      to: number,
      count: number,
    ) => Effect.Effect<ReadonlyMap<string, ReadonlyArray<Bar>>, DatabaseUnavailable>;
    /** What a market wrote down about itself at its last step, as JSON; `null` when it never ran. */
    readonly recall: (market: string) => Effect.Effect<unknown, DatabaseUnavailable>;
    /** Writes it down, in the transaction of the prices it belongs to. */
    readonly remember: (
      market: string,
      state: unknown,
      at: number,
    ) => Effect.Effect<void, DatabaseUnavailable>;
  }
>()("strom/ports/PriceBook") {}
