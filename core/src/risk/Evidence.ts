import type * as Agent from "../Agent.ts";
import type { Cash, Price, Qty } from "../Money.ts";
import type { RiskProfile } from "../RiskProfile.ts";
import type { Side } from "../Signal.ts";

/**
 * The numbers a decision was made on, each exact. What a rule makes of them (a floor, a budget) it computes itself,
 * when it is asked to compare or to record: an order that passes is not worth a page of arithmetic.
 */
export interface Evidence {
  readonly status: Agent.State;
  readonly isEnabled: boolean;
  readonly side: Side;
  readonly price: Price;
  readonly priceAgeMs: number;
  readonly maxPriceAgeMs: number;
  /** Units to trade: sized when opening, the whole position when closing. */
  readonly qty: Qty;
  /** What only an order that opens or adds is held to; `null` for one that reduces. */
  readonly opening: Opening | null;
}

export interface Opening {
  readonly profile: RiskProfile;
  readonly side: Side;
  readonly qty: Qty;
  readonly price: Price;
  /** Equity at the decision, on the projected books. */
  readonly equity: Cash;
  readonly dayStartEquity: Cash;
  readonly peakEquity: Cash;
  /** Milliseconds since the last fill in the symbol; `null` when there was none. */
  readonly sinceFillMs: number | null;
  /** Symbols held, this one included. */
  readonly openPositions: number;
  /** Σ |quantity| × mark, this order included: exact, in millionths of millionths. */
  readonly exposure: bigint;
  /** Cash after the fill and its fee. */
  readonly cashAfter: Cash;
}
