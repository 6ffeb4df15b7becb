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
  readonly source: string;
}

export interface NewQuote {
  readonly symbol: string;
  readonly at: number;
  readonly price: Price;
  readonly volume: bigint | null;
}

/** What became of one quote of a batch: `known` is the same again, `late` is older than the latest of its symbol. */
export type Outcome =
  | { readonly kind: "stored" }
  | { readonly kind: "known" }
  | { readonly kind: "late"; readonly latestAt: number }
  | { readonly kind: "conflicting"; readonly price: string };

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
    /** Stores what is new and in order, and says of each what became of it, in the order given. */
    readonly store: (
      quotes: ReadonlyArray<NewQuote>,
      source: string,
    ) => Effect.Effect<ReadonlyArray<Outcome>, DatabaseUnavailable>;
  }
>()("strom/ports/Quotes") {}
