import * as Inputs from "@strom/adapters/postgres/PgInputs.ts";
import * as Row from "@strom/adapters/postgres/PgRow.ts";
import type { Catalog, Risk } from "@strom/core";
import { Agent, AgentSpec, Engine, Id, Intent, Ledger, Money } from "@strom/core";
import { Effect, Result, Schema } from "effect";
import { SqlClient } from "effect/sql";

/** What the services wrote, and what a plain fold of `Engine.step` over the recorded inputs says they should have. */

const decodeState = Schema.decodeUnknownSync(Agent.State);

export interface Books {
  readonly orders: ReadonlyArray<object>;
  readonly trades: ReadonlyArray<object>;
  readonly positions: ReadonlyArray<object>;
  readonly snapshots: ReadonlyArray<object>;
  readonly account: object;
}

/** The rows of an agent, as the services left them. */
export const written = Effect.fnUntraced(function* (agentId: Id.AgentId) {
  const sql = yield* SqlClient.SqlClient;
  const orders = yield* sql<Row.Row>`
    select id, symbol, side, qty, status, reject_reason, requested_price, filled_price, fees, slot, ordinal
    from orders where agent_id = ${agentId}::uuid order by slot, ordinal`;
  const trades = yield* sql<Row.Row>`
    select t.id, t.order_id, t.symbol, t.side, t.qty, t.price, t.fee, t.ts from trades t
    join orders o on o.id = t.order_id where t.agent_id = ${agentId}::uuid order by o.slot, o.ordinal`;
  const positions = yield* sql<Row.Row>`
    select symbol, net_qty, avg_price, cost_basis, last_fill_at from positions
    where agent_id = ${agentId}::uuid order by symbol`;
  const snapshots = yield* sql<Row.Row>`
    select id, ts, equity, realized_pnl, unrealized_pnl, drawdown, fees from pnl_snapshots
    where agent_id = ${agentId}::uuid order by id`;
  const accounts = yield* sql<Row.Row>`
    select cash, realized_pnl, fees, peak_equity, day::text as day, day_start_equity, trail from accounts
    where agent_id = ${agentId}::uuid`;
  const books: Books = { orders, trades, positions, snapshots, account: accounts[0] ?? {} };
  return books;
});

const fixed = (micro: bigint, decimals = 6): string => Money.formatFixed(micro, decimals);

const orderRow =
  (slot: number) => (verdict: Risk.Verdict, ordinal: number, filled: Engine.Settlement | undefined) => ({
    id: Intent.orderId(verdict.order),
    symbol: verdict.order.symbol,
    side: verdict.order.side,
    qty: fixed(verdict.order.qty),
    status: filled === undefined ? "REJECTED" : "FILLED",
    reject_reason: verdict._tag === "Rejected" ? verdict.reason : null,
    requested_price: fixed(verdict.order.price),
    filled_price: filled === undefined ? null : fixed(filled.fill.price),
    fees: fixed(filled?.fill.fee ?? 0n),
    slot: BigInt(slot),
    ordinal,
  });

const snapshotRow = (id: string, snapshot: import("@strom/core").Snapshot.Snapshot) => ({
  id,
  ts: snapshot.at,
  equity: fixed(snapshot.equity, 2),
  realized_pnl: fixed(snapshot.realized, 2),
  unrealized_pnl: fixed(snapshot.unrealized, 2),
  drawdown: fixed(snapshot.drawdown, 4),
  fees: fixed(snapshot.fees),
});

/** The same rows, from the recorded inputs alone. */
export const folded = Effect.fnUntraced(function* (catalog: Catalog.Catalog, agentId: Id.AgentId) {
  const sql = yield* SqlClient.SqlClient;
  const versions = yield* sql<Row.Row>`
    select version, configuration from agent_versions where agent_id = ${agentId}::uuid`;
  const specs = new Map(
    versions.map((row) => [
      Row.number(row, "version"),
      Result.getOrThrow(AgentSpec.fromJson(row["configuration"])),
    ]),
  );
  const runs = yield* sql<Row.Row>`
    select r.slot, r.tick_time, r.config_version, r.inputs,
      (select d.agent_status from risk_decisions d where d.agent_run_id = r.id limit 1) as status
    from agent_runs r where r.agent_id = ${agentId}::uuid and r.status = 'COMPLETED' order by r.slot`;

  const orders: Array<object> = [];
  const trades: Array<object> = [];
  const snapshots: Array<ReturnType<typeof snapshotRow>> = [];
  let world: Engine.World | null = null;
  for (const row of runs) {
    const spec = specs.get(Row.number(row, "config_version"));
    if (spec === undefined) throw new Error("a run cites a configuration that is not there");
    const { observations, warmup } = Inputs.decode(row["inputs"]);
    const status = row["status"] === null ? ("RUNNING" as const) : decodeState(row["status"]);
    const before: Engine.World = world ?? Engine.begin(spec);
    const memory = warmup === null ? before.memory : Engine.warmup(spec, catalog, before.memory, warmup);
    const standing = { status, isEnabled: Agent.isEnabled(status) };
    const beat = { slot: Row.number(row, "slot"), at: Row.number(row, "tick_time") };
    const [after, { review, settlements }] = Engine.step(
      spec,
      catalog,
      { ...before, memory, standing },
      beat,
      observations,
    );
    world = after;
    snapshots.push(snapshotRow(Id.derive("snapshot", agentId, beat.slot), review.snapshot));
    for (const [ordinal, verdict] of review.verdicts.entries()) {
      const orderId = Intent.orderId(verdict.order);
      const filled = settlements.find(({ order }) => Intent.orderId(order) === orderId);
      orders.push(orderRow(beat.slot)(verdict, ordinal, filled));
      if (filled === undefined) continue;
      trades.push({
        id: Id.trade(orderId, 1),
        order_id: orderId,
        symbol: filled.fill.symbol,
        side: filled.fill.side,
        qty: fixed(filled.fill.qty),
        price: fixed(filled.fill.price),
        fee: fixed(filled.fill.fee),
        ts: filled.fill.at,
      });
      snapshots.push(snapshotRow(Id.derive("snapshot", orderId, 1), filled.snapshot));
    }
  }
  if (world === null) throw new Error("nothing was run");
  const { account, guard } = world;
  const positions = Object.entries(account.positions)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([symbol, position]) => ({
      symbol,
      net_qty: fixed(position.qty),
      avg_price: fixed(Ledger.averagePrice(position)),
      cost_basis: fixed(position.costBasis),
      last_fill_at: position.lastFillAt,
    }));
  const trail = Object.fromEntries(
    Object.entries(guard.trail).map(([symbol, price]) => [symbol, Money.format(price)]),
  );
  const books: Books = {
    orders,
    trades,
    positions,
    snapshots: snapshots.sort((a, b) => (a.id < b.id ? -1 : 1)),
    account: {
      cash: fixed(account.cash),
      realized_pnl: fixed(account.realized),
      fees: fixed(account.fees),
      peak_equity: fixed(guard.peakEquity),
      day: Row.date(guard.day),
      day_start_equity: fixed(guard.dayStartEquity),
      trail,
    },
  };
  return books;
});
