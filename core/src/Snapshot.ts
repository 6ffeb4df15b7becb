import * as Id from "./Id.ts";
import type { Account, Valuation } from "./Ledger.ts";
import type { Cash } from "./Money.ts";
import * as Money from "./Money.ts";

/** A row of `pnl_snapshots`, still exact: the columns round to cents. */
export interface Snapshot {
  readonly at: number;
  readonly equity: Cash;
  readonly realized: Cash;
  readonly unrealized: Cash;
  readonly fees: Cash;
  /** Fraction of peak equity, in millionths, rounded half to even to 4 decimals: 12_300n is 1.23 %. */
  readonly drawdown: bigint;
}

/** The books at an instant, against the highest equity marked so far. */
export const make = (at: number, account: Account, valuation: Valuation, peakEquity: Cash): Snapshot => ({
  at,
  equity: valuation.equity,
  realized: account.realized,
  unrealized: valuation.unrealized,
  fees: account.fees,
  drawdown: drawdown(valuation.equity, peakEquity),
});

/** How far equity is below its peak, as a fraction of the peak; zero at or above it. */
const drawdown = (equity: Cash, peak: Cash): bigint =>
  equity >= peak || peak <= 0n ? 0n : Money.mulDiv(peak - equity, 10_000n, peak) * 100n;

/** The id of the snapshot at the mark of a run. */
export const runId = (agentId: Id.AgentId, slot: number): Id.Uuid => Id.derive("snapshot", agentId, slot);

/** The id of the snapshot after a fill. */
export const fillId = (orderId: Id.OrderId, fillNumber: number): Id.Uuid =>
  Id.derive("snapshot", orderId, fillNumber);
