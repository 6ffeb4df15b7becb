import type { Cash, Qty } from "../Money.ts";
import * as Money from "../Money.ts";
import type { RoundTrip, Trade } from "./Trade.ts";

interface Open {
  readonly first: Trade;
  qty: bigint;
  entry: bigint;
  exit: bigint;
  fees: bigint;
  realized: bigint;
}

/** The round trips of trades in their order; a position still open at the end is none yet. */
export const of = (trades: ReadonlyArray<Trade>): ReadonlyArray<RoundTrip> => {
  const open = new Map<string, Open>();
  const trips: Array<RoundTrip> = [];
  for (const trade of trades) {
    const trip = open.get(trade.symbol) ?? {
      first: trade,
      qty: 0n,
      entry: 0n,
      exit: 0n,
      fees: 0n,
      realized: 0n,
    };
    trip.fees += trade.fee;
    trip.realized += trade.realized;
    if (trade.side === trip.first.side) {
      trip.qty += trade.qty;
      trip.entry += trade.notional;
    } else {
      trip.exit += trade.notional;
    }
    if (trade.position === 0n) {
      trips.push(closed(trip, trade));
      open.delete(trade.symbol);
    } else {
      open.set(trade.symbol, trip);
    }
  }
  return trips;
};

// Sums of money already minted.
const closed = ({ first, qty, entry, exit, fees, realized }: Open, last: Trade): RoundTrip => ({
  symbol: first.symbol,
  side: first.side === "BUY" ? "LONG" : "SHORT",
  openedAt: first.at,
  closedAt: last.at,
  qty: qty as Qty,
  entryNotional: entry as Cash,
  exitNotional: exit as Cash,
  fees: fees as Cash,
  pnl: (realized - fees) as Cash,
  opened: first.rule,
  closed: last.rule,
  origin: first.origin,
});

/** What a trip made of what it put in: 0.01 is one percent. */
export const returnOf = ({ pnl, entryNotional }: RoundTrip): number =>
  entryNotional === 0n ? 0 : Money.toNumber(pnl) / Money.toNumber(entryNotional);
