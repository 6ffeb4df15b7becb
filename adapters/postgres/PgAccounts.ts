import { PgTypes } from "@effect/sql-pg";
import type { Guard, Id, Ledger, Risk } from "@strom/core";
import { Agent } from "@strom/core";
import { Effect, Schema } from "effect";
import type { SqlClient } from "effect/sql/SqlClient";
import * as Row from "./PgRow.ts";

/** An agent's account as found under its lock. */
export interface Locked {
  readonly account: Ledger.Account;
  readonly guard: Guard.Guard;
  readonly standing: Risk.Standing;
}

const trailOf = (json: unknown): Guard.Guard["trail"] => {
  const trail: Record<string, Guard.Guard["trail"][string]> = {};
  for (const [symbol, price] of Object.entries(json ?? {})) trail[symbol] = Row.price({ price }, "price");
  return trail;
};

const isState = Schema.is(Agent.State);

const standingOf = (row: Row.Row): Risk.Standing => {
  const status = row["status"];
  if (!isState(status)) throw new Row.RowInvalid("status", status, "a state of an agent");
  return { status, isEnabled: Row.boolean(row, "is_enabled") };
};

const guardOf = (row: Row.Row): Guard.Guard => ({
  peakEquity: Row.cash(row, "peak_equity"),
  day: row["day"] === null ? -1 : Row.day(row, "day"),
  dayStartEquity: Row.cash(row, "day_start_equity"),
  trail: trailOf(Row.json(row, "trail")),
});

const positionsOf = (rows: ReadonlyArray<Row.Row>) => {
  const positions = new Map<Id.AgentId, Record<string, Ledger.Position>>();
  for (const row of rows) {
    const agentId = Row.agentId(row);
    const held = positions.get(agentId) ?? {};
    held[Row.text(row, "symbol")] = {
      qty: Row.qty(row, "net_qty"),
      costBasis: Row.cash(row, "cost_basis"),
      lastFillAt: Row.numberOrNull(row, "last_fill_at"),
    };
    positions.set(agentId, held);
  }
  return positions;
};

/**
 * Locks the accounts of these agents in the order of their ids, then reads what hangs on them. Whoever changes an
 * agent's status or books takes this lock first, so what is read after it stays true until the commit.
 */
export const lock = Effect.fnUntraced(function* (sql: SqlClient, agentIds: ReadonlyArray<Id.AgentId>) {
  const ids = PgTypes.json(agentIds);
  const accounts = yield* sql<Row.Row>`
    select agent_id, cash, realized_pnl, fees, peak_equity, day, day_start_equity, trail from accounts
    where agent_id in (select value::uuid from json_array_elements_text(${ids}))
    order by agent_id for update`;
  const agents = yield* sql<Row.Row>`
    select id as agent_id, capital, status, is_enabled from agents
    where id in (select value::uuid from json_array_elements_text(${ids}))`;
  const positions = positionsOf(
    yield* sql<Row.Row>`
    select agent_id, symbol, net_qty, cost_basis, last_fill_at from positions
    where agent_id in (select value::uuid from json_array_elements_text(${ids}))
    order by agent_id, symbol`,
  );
  const standings = new Map(agents.map((row) => [Row.agentId(row), row]));

  const locked = new Map<Id.AgentId, Locked>();
  for (const row of accounts) {
    const agentId = Row.agentId(row);
    const agent = standings.get(agentId);
    if (agent === undefined) continue;
    const account: Ledger.Account = {
      capital: Row.cash(agent, "capital"),
      cash: Row.cash(row, "cash"),
      realized: Row.cash(row, "realized_pnl"),
      fees: Row.cash(row, "fees"),
      positions: positions.get(agentId) ?? {},
    };
    locked.set(agentId, { account, guard: guardOf(row), standing: standingOf(agent) });
  }
  return locked;
});
