import * as Id from "./Id.ts";
import type { Cash } from "./Money.ts";

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

/** The id of a run's snapshot. */
export const runId = (agentId: Id.AgentId, slot: number): Id.Uuid => Id.derive("snapshot", agentId, slot);

/** The id of the snapshot after a fill. */
export const fillId = (orderId: Id.OrderId, fillNumber: number): Id.Uuid =>
  Id.derive("snapshot", orderId, fillNumber);
