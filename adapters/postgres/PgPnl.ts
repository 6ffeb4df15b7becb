import type { Id, Snapshot } from "@strom/core";
import { Money } from "@strom/core";
import * as Columns from "./PgColumns.ts";
import * as Row from "./PgRow.ts";

export type Kind = "RUN" | "FILL";

/** A snapshot as its row. Amounts are rounded to cents here, once and half to even: the column would round away from zero. */
export const row = (
  id: Id.Uuid,
  agentId: Id.AgentId,
  slot: number,
  kind: Kind,
  snapshot: Snapshot.Snapshot,
) => ({
  id,
  agent_id: agentId,
  ts: Row.iso(snapshot.at),
  equity: Money.formatFixed(snapshot.equity, 2),
  realized_pnl: Money.formatFixed(snapshot.realized, 2),
  unrealized_pnl: Money.formatFixed(snapshot.unrealized, 2),
  drawdown: Money.formatFixed(snapshot.drawdown, 4),
  kind,
  slot,
  fees: Money.format(snapshot.fees),
});

/**
 * The capital an agent (`a` is the table) had at an instant: what equity is measured against, since money that was paid
 * in or taken out is neither gain nor loss. Today's where it is older than what is known.
 */
export const capitalAt = (instant: string): string => `coalesce((
  select (v.configuration ->> 'capital')::numeric from agent_versions v
  where v.agent_id = a.id and v.at <= ${instant} order by v.version desc limit 1), a.capital)`;

/** Writes snapshots in one statement. */
export const insert = Columns.statement(
  {
    id: "uuid",
    agent_id: "uuid",
    ts: "timestamptz",
    equity: "numeric",
    realized_pnl: "numeric",
    unrealized_pnl: "numeric",
    drawdown: "numeric",
    kind: "text",
    slot: "bigint",
    fees: "numeric",
  },
  (source) => `
    insert into pnl_snapshots (id, agent_id, ts, equity, realized_pnl, unrealized_pnl, drawdown, kind, slot, fees)
    select * from ${source}`,
);
