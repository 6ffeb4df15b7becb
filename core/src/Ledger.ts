import type { Fill } from "./FillModel.ts";
import type { Marks } from "./Intent.ts";
import type { Cash, Qty } from "./Money.ts";

/** Units held of one symbol and what they cost. The row stays when `qty` is back at zero. */
export interface Position {
  /** Signed: below zero is short. */
  readonly qty: Qty;
  /** Signed like `qty`; exact, zero when flat. */
  readonly costBasis: Cash;
  /** When this symbol was last filled, ms since the epoch; a cooldown counts from here. */
  readonly lastFillAt: number;
}

/** An agent's books. Immutable; every change goes through `post`. */
export interface Account {
  readonly capital: Cash;
  readonly cash: Cash;
  readonly realized: Cash;
  readonly fees: Cash;
  readonly positions: { readonly [symbol: string]: Position };
}

/** One leg of a trade: what it adds to an account of the ledger. The legs of a trade sum to zero. */
export interface Entry {
  /** 1..4, the same for the same account in every trade. */
  readonly leg: number;
  /** `cash`, `position:<symbol>`, `realized_pnl` (a gain is negative) or `fees`. */
  readonly account: string;
  readonly amount: Cash;
}

/** The books after a fill, and its four legs. */
export interface Posting {
  readonly account: Account;
  readonly entries: readonly [Entry, Entry, Entry, Entry];
}

/** What the books are worth at prices. */
export interface Valuation {
  readonly equity: Cash;
  readonly unrealized: Cash;
}

/** Books that have never traded. */
export declare const open: (capital: Cash) => Account;
/** The position in a symbol; flat when never traded. */
export declare const position: (account: Account, symbol: string) => Position;
export declare const post: (account: Account, fill: Fill) => Posting;
/** A held symbol without a mark is valued at what it cost. */
export declare const mark: (account: Account, marks: Marks) => Valuation;
/** Cost basis over quantity, rounded once, half to even; zero when flat. */
export declare const averagePrice: (position: Position) => bigint;
