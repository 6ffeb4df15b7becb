import { PgTypes } from "@effect/sql-pg";
import type { Id } from "@strom/core";
import { Intent } from "@strom/core";
import { ExecutionStore } from "@strom/core/ports";
import { Effect, Layer } from "effect";
import { SqlClient } from "effect/sql";
import { orUnavailable } from "./Failure.ts";
import * as PgAccounts from "./PgAccounts.ts";
import * as Rows from "./PgFillRows.ts";
import * as PgIntents from "./PgIntents.ts";
import * as PgPnl from "./PgPnl.ts";
import * as Row from "./PgRow.ts";

export const layer = Layer.effect(
  ExecutionStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;

    const load = Effect.fnUntraced(function* (orders: ReadonlyArray<Intent.ApprovedOrder>) {
      const locked = yield* PgAccounts.lock(sql, [...new Set(orders.map(({ agentId }) => agentId))]);
      const rows = yield* sql<Row.Row>`
        select id as order_id from orders
        where status = 'INTENT'
          and id in (select value::uuid from json_array_elements_text(${PgTypes.json(orders.map(Intent.orderId))}))`;
      return {
        accounts: new Map([...locked].map(([agentId, { account }]) => [agentId, account] as const)),
        open: new Set(rows.map((row) => Row.orderId(row))),
      };
    }, orUnavailable);

    const save = Effect.fnUntraced(function* (settlements: Rows.Settlements) {
      if (settlements.length === 0) return;
      const fills = PgTypes.json(Rows.fills(settlements));
      yield* sql`
        update orders o set status = 'FILLED', filled_price = r.price, filled_qty = r.qty, fees = r.fee,
          filled_at = r.ts
        from json_to_recordset(${fills}) as r (
          order_id uuid, qty numeric(18,6), price numeric(18,6), fee numeric(18,6), ts timestamptz)
        where o.id = r.order_id`;
      yield* sql`
        insert into trades (id, order_id, agent_id, symbol, side, qty, price, ts, fee, fill_number)
        select r.trade_id, r.order_id, r.agent_id, r.symbol, r.side, r.qty, r.price, r.ts, r.fee, r.fill_number
        from json_to_recordset(${fills}) as r (
          trade_id uuid, order_id uuid, agent_id uuid, symbol text, side text, qty numeric(18,6),
          price numeric(18,6), ts timestamptz, fee numeric(18,6), fill_number int)`;
      yield* sql`
        insert into ledger_entries (agent_id, trade_id, leg, account, amount, at)
        select * from json_to_recordset(${PgTypes.json(Rows.entries(settlements))}) as r (
          agent_id uuid, trade_id uuid, leg smallint, account text, amount numeric(24,6), at timestamptz)`;
      yield* sql`
        insert into positions (id, agent_id, symbol, net_qty, avg_price, cost_basis, last_fill_at, updated_at)
        select r.*, r.last_fill_at from json_to_recordset(${PgTypes.json(Rows.positions(settlements))}) as r (
          id uuid, agent_id uuid, symbol text, net_qty numeric(18,6), avg_price numeric(18,6),
          cost_basis numeric(24,6), last_fill_at timestamptz)
        on conflict (agent_id, symbol) do update set net_qty = excluded.net_qty, avg_price = excluded.avg_price,
          cost_basis = excluded.cost_basis, last_fill_at = excluded.last_fill_at, updated_at = excluded.updated_at`;
      yield* sql`
        update accounts a set version = a.version + 1, cash = r.cash, realized_pnl = r.realized_pnl,
          fees = r.fees, updated_at = now()
        from json_to_recordset(${PgTypes.json(Rows.accounts(settlements))}) as r (
          agent_id uuid, cash numeric(24,6), realized_pnl numeric(24,6), fees numeric(24,6))
        where a.agent_id = r.agent_id`;
      yield* PgPnl.insert(sql, Rows.snapshots(settlements));
    }, orUnavailable);

    const pending = Effect.fnUntraced(function* (agentId: Id.AgentId) {
      const rows = yield* sql<Row.Row>`
        select intent from orders where agent_id = ${agentId}::uuid and status = 'INTENT' order by slot, ordinal`;
      return rows.map((row) => PgIntents.decode(Row.json(row, "intent")));
    }, orUnavailable);

    const refuse = Effect.fnUntraced(function* (agentId: Id.AgentId, orderId: Id.OrderId, reason: string) {
      yield* PgAccounts.lock(sql, [agentId]);
      yield* sql`
        update orders set status = 'REJECTED', reject_reason = ${reason}
        where id = ${orderId}::uuid and agent_id = ${agentId}::uuid and status = 'INTENT'`;
    }, orUnavailable);

    return ExecutionStore.of({ load, save, pending, refuse });
  }),
);
