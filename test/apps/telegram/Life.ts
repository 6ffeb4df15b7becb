import { Id } from "@strom/core";
import { Effect } from "effect";
import type { House } from "./House.ts";

const minute = 60_000;
const iso = (at: number): string => new Date(at).toISOString();

/**
 * Some slots of an agent's life up to `now`, written as the pipeline writes them: every third order is rejected, the
 * others are filled, each slot is marked.
 */
export const live = (house: House, agentId: string, slots: number, now: number): Promise<unknown> =>
  house.sql((sql) =>
    sql.withTransaction(
      Effect.gen(function* () {
        for (let slot = 0; slot < slots; slot++) {
          const at = iso(now - (slots - slot) * minute);
          const run = Id.derive("run", agentId, slot);
          const signal = Id.derive("signal", agentId, slot);
          const order = Id.derive("order", agentId, slot);
          const key = `${agentId}:${slot}:s:BTC-USD`;
          const isRejected = slot % 3 === 0;
          yield* sql`
            insert into agent_runs (id, agent_id, tick_time, started_at, completed_at, status, slot, config_version)
            values (${run}::uuid, ${agentId}::uuid, ${at}::timestamptz, ${at}::timestamptz, ${at}::timestamptz, 'COMPLETED', ${slot}, 1)`;
          yield* sql`
            insert into signals (id, agent_run_id, agent_id, symbol, side, confidence, rationale, created_at)
            values (${signal}::uuid, ${run}::uuid, ${agentId}::uuid, 'BTC-USD', 'BUY', 0.5, '{}', ${at}::timestamptz)`;
          yield* sql`
            insert into orders (id, agent_id, agent_run_id, symbol, side, qty, order_type, intent_idempotency_key,
              status, requested_price, reject_reason, signal_id, slot, created_at)
            values (${order}::uuid, ${agentId}::uuid, ${run}::uuid, 'BTC-USD', 'BUY', 1.5, 'MARKET', ${key},
              ${isRejected ? "REJECTED" : "INTENT"}, 64000, ${isRejected ? "cooldown_active" : null}, ${signal}::uuid,
              ${slot}, ${at}::timestamptz)`;
          yield* sql`
            insert into risk_decisions (intent_idempotency_key, order_id, signal_id, agent_id, agent_run_id, slot,
              verdict, code, rules, agent_status, at)
            values (${key}, ${order}::uuid, ${signal}::uuid, ${agentId}::uuid, ${run}::uuid, ${slot},
              ${isRejected ? "REJECTED" : "APPROVED"}, ${isRejected ? "cooldown_active" : null}, '[]', 'RUNNING',
              ${at}::timestamptz)`;
          yield* sql`
            insert into pnl_snapshots (id, agent_id, ts, equity, realized_pnl, unrealized_pnl, drawdown)
            values (${Id.derive("pnl", agentId, slot)}::uuid, ${agentId}::uuid, ${at}::timestamptz,
              ${100_000 + slot * 7 - (slot % 5) * 20}, 0, ${slot}, 0.0123)`;
          if (isRejected) continue;
          yield* sql`
            update orders set status = 'FILLED', filled_price = 64123.5, filled_qty = 1.5, fees = 0.03
            where id = ${order}::uuid`;
          yield* sql`
            insert into trades (id, order_id, agent_id, symbol, side, qty, price, fee, ts)
            values (${Id.derive("trade", order, 1)}::uuid, ${order}::uuid, ${agentId}::uuid, 'BTC-USD', 'BUY', 1.5,
              ${64_000 + slot}, 0.03, ${at}::timestamptz)`;
        }
        yield* sql`
          insert into positions (id, agent_id, symbol, net_qty, avg_price, cost_basis)
          values (${Id.derive("position", agentId, "BTC-USD")}::uuid, ${agentId}::uuid, 'BTC-USD', 2, 64000, 128000),
            (${Id.derive("position", agentId, "ETH-USD")}::uuid, ${agentId}::uuid, 'ETH-USD', 0, 0, 0)`;
        yield* sql`update accounts set marks = '{"BTC-USD": "64123.5"}' where agent_id = ${agentId}::uuid`;
      }),
    ),
  );
