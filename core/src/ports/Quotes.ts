import type { Effect } from "effect";
import { Context } from "effect";
import type { Price } from "../Money.ts";
import type { DatabaseUnavailable } from "./Database.ts";
import type { Page, Slice } from "./Page.ts";

/** A price somebody brought: decimal strings as they are stored. */
export interface Quote {
  readonly symbol: string;
  readonly at: number;
  readonly price: string;
  readonly volume: string | null;
  /** The market of ours that made it, or `feed` for whoever brought it. */
  readonly source: string;
}

export interface NewQuote {
  readonly symbol: string;
  readonly at: number;
  readonly price: Price;
  readonly volume: bigint | null;
}

/**
 * What became of one quote of a batch: `known` is the same again, `late` is older than the latest of its symbol,
 * `taken` is of a symbol that a market of ours prices, `jump` is too far from the latest.
 */
export type Outcome =
  | { readonly kind: "stored" }
  | { readonly kind: "known" }
  | { readonly kind: "late"; readonly latestAt: number }
  | { readonly kind: "conflicting"; readonly price: string }
  | { readonly kind: "taken"; readonly by: string; readonly pricedAt: number }
  | { readonly kind: "jump"; readonly latestAt: number; readonly latest: string };

/** What a quote may be beside the prices on record. */
export interface QuoteBounds {
  /** At most this many times the latest price of its symbol, and at least that part of it. */
  readonly factor: number;
  /** For as long as the latest price is not older than this; a market may gap over a night, and a feeder mend itself. */
  readonly jumpMs: number;
  /** A symbol is a market's of ours for so long after its last price. */
  readonly takenMs: number;
}

/** Market prices as the API reads and takes them. */
export class Quotes extends Context.Service<
  Quotes,
  {
    /** The latest price of every symbol that has one. */
    readonly latest: Effect.Effect<ReadonlyArray<Quote>, DatabaseUnavailable>;
    readonly page: (
      symbol: string,
      span: { readonly from?: number; readonly to?: number },
      slice: Slice,
    ) => Effect.Effect<Page<Quote>, DatabaseUnavailable>;
    /** Stores what is new, in order and within bounds, and says of each what became of it, in the order given. */
    readonly store: (
      quotes: ReadonlyArray<NewQuote>,
      source: string,
      bounds: QuoteBounds,
    ) => Effect.Effect<ReadonlyArray<Outcome>, DatabaseUnavailable>;
  }
>()("strom/ports/Quotes") {}
