import type * as Intent from "../Intent.ts";
import type { Cash, Price, Qty } from "../Money.ts";
import type { Evidence } from "../risk/Evidence.ts";
import type { Code } from "../risk/Rule.ts";
import type { Origin, Side } from "../Signal.ts";

/** A filled order of a backtest: what a row of `trades` and its order hold, without what can be derived. */
export interface Trade extends Intent.Coordinates {
  readonly side: Side;
  readonly qty: Qty;
  /** The price cited, and the price filled. */
  readonly citedPrice: Price;
  readonly price: Price;
  readonly notional: Cash;
  readonly fee: Cash;
  /** What a reduction realized, fees aside. */
  readonly realized: Cash;
  /** Units held afterwards. */
  readonly position: Qty;
  /** Cash afterwards. */
  readonly cash: Cash;
  /** ms since the epoch. */
  readonly at: number;
  readonly confidence: number;
  /** The strategy, or `protective_exit`, and the rule of it that spoke. */
  readonly strategyKey: string;
  readonly rule: string;
}

/** A refused order of a backtest; `Risk.records(evidence)` tells every rule with its numbers. */
export interface Refusal extends Intent.Coordinates {
  readonly side: Side;
  readonly qty: Qty;
  readonly citedPrice: Price;
  readonly at: number;
  readonly confidence: number;
  readonly strategyKey: string;
  readonly rule: string;
  readonly reason: Code;
  readonly evidence: Evidence;
}

/** From flat to flat in one symbol. */
export interface RoundTrip {
  readonly symbol: string;
  readonly side: "LONG" | "SHORT";
  readonly openedAt: number;
  readonly closedAt: number;
  /** Units opened in all. */
  readonly qty: Qty;
  /** What was paid, or received when short, to open. */
  readonly entryNotional: Cash;
  readonly exitNotional: Cash;
  readonly fees: Cash;
  /** Realized, all fees taken off. */
  readonly pnl: Cash;
  /** The rules that opened and closed it. */
  readonly opened: string;
  readonly closed: string;
  readonly origin: Origin;
}
