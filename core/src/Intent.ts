import type { Params } from "./FillModel.ts";
import * as Id from "./Id.ts";
import type { Cash, Price, Qty } from "./Money.ts";
import type { Origin, Side } from "./Signal.ts";

/** The last price of each observed or held symbol at a slot. */
export type Marks = { readonly [symbol: string]: Price };

/**
 * An order as risk saw it, with all that its fill and the snapshot after it depend on: the fill of an intent is
 * a function of the intent alone, whenever and wherever it is computed. Ids are derived, see below.
 */
export interface Draft {
  readonly agentId: Id.AgentId;
  readonly slot: number;
  /** The slot's instant, ms since the epoch; the fill's time. */
  readonly at: number;
  readonly origin: Origin;
  readonly symbol: string;
  readonly side: Side;
  /** Units to trade, never negative; zero only in a rejection. */
  readonly qty: Qty;
  /** The price cited: the close the strategy saw. */
  readonly price: Price;
  /** Units the market traded in the bar cited, for slippage by share of volume; 0 when unknown. */
  readonly volume: number;
  readonly marks: Marks;
  /** Highest equity marked so far, for the drawdown of the snapshot after the fill. */
  readonly peakEquity: Cash;
  readonly fill: Params;
  readonly seed: bigint;
}

/** A draft that `Risk.review` let pass. Nothing else mints it, save the codec that reads one back from the log. */
export type ApprovedOrder = Draft & { readonly "~strom/ApprovedOrder": true };

/** The coordinates an order is named by. */
export type Coordinates = Pick<Draft, "agentId" | "slot" | "origin" | "symbol">;

export const orderId = (order: Coordinates): Id.OrderId =>
  Id.order(order.agentId, order.slot, order.origin, order.symbol);

export const signalId = (order: Coordinates): Id.SignalId =>
  Id.signal(order.agentId, order.slot, order.origin, order.symbol);

export const runId = (order: Coordinates): Id.RunId => Id.run(order.agentId, order.slot);

/** `orders.intent_idempotency_key`: unique for ever. */
export const idempotencyKey = (order: Coordinates): string =>
  `${order.agentId}:${order.slot}:${order.origin}:${order.symbol}`;
