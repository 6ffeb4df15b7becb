import type * as Agent from "../Agent.ts";
import type { Cash, Price, Qty } from "../Money.ts";
import type { Side } from "../Signal.ts";

/**
 * The numbers a decision was made on, each exact: what the rules compare, and what the record shows. Limits in
 * cash are rounded down to a millionth, which changes no comparison since every amount is a whole count of them.
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
  /** Equity at the decision, on the projected books. */
  readonly equity: Cash;
  readonly dayStartEquity: Cash;
  readonly maxDailyLossPct: number;
  /** Opening is refused at or below this equity. */
  readonly dailyFloor: Cash;
  readonly peakEquity: Cash;
  /** `null` when the profile sets no such limit. */
  readonly maxDrawdownPct: number | null;
  readonly drawdownFloor: Cash;
  /** Milliseconds since the last fill in the symbol; `null` when there was none. */
  readonly sinceFillMs: number | null;
  readonly cooldownSeconds: number;
  /** Symbols held, this one included. */
  readonly openPositions: number;
  readonly maxOpenPositions: number;
  /** Notional times stop distance, rounded up. */
  readonly amountAtRisk: Cash;
  readonly riskBudget: Cash;
  readonly maxRiskPct: number;
  readonly stopDistancePct: number;
  /** Σ |quantity| × mark, this order included. */
  readonly exposure: Cash;
  readonly maxExposure: Cash;
  readonly maxExposurePct: number;
  /** Cash after the fill and its fee. */
  readonly cashAfter: Cash;
  readonly allowShort: boolean;
  readonly lot: Qty;
}
