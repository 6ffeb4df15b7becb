import type { Expected } from "./PgComparison.ts";

/** The tables whose rows follow from the recorded inputs, and by what their rows are found. */

const ofRuns = "agent_run_id in (select value::uuid from json_array_elements_text($2::json))";

/** Instants of one agent, both included. */
export interface Span {
  readonly agent: string;
  readonly from: string;
  readonly to: string;
}

/**
 * What an agent did in a span of its time, by the index the table has of that. A row whose instant is wrong is missing
 * where it should be; one that should not be at all, at an instant that is in no span, shows in the number of them.
 */
const during = (at: string): string =>
  `agent_id = ($2::json ->> 'agent')::uuid
    and ${at} between ($2::json ->> 'from')::timestamptz and ($2::json ->> 'to')::timestamptz`;

export const signals: Expected = {
  table: "signals",
  key: "%.id::text",
  columns: {
    id: "uuid",
    agent_run_id: "uuid",
    agent_id: "uuid",
    symbol: "text",
    side: "text",
    confidence: "numeric(5,4)",
    rationale: "jsonb",
    strategy_id: "uuid",
    slot: "bigint",
    ordinal: "int",
    created_at: "timestamptz",
  },
  scope: ofRuns,
};

/** An order as it was intended; what became of it follows from its trade and its decision. */
export const orders: Expected = {
  table: "orders",
  key: "%.id::text",
  columns: {
    id: "uuid",
    agent_id: "uuid",
    agent_run_id: "uuid",
    symbol: "text",
    side: "text",
    qty: "numeric(18,6)",
    intent_idempotency_key: "text",
    requested_price: "numeric(18,6)",
    signal_id: "uuid",
    slot: "bigint",
    ordinal: "int",
    intent: "jsonb",
    created_at: "timestamptz",
  },
  scope: during("created_at"),
};

/** Rules without the sentence each is told by: an older version may have worded it otherwise. */
const unworded = `(case jsonb_typeof(rules) when 'array' then (
  select coalesce(jsonb_agg(case jsonb_typeof(rule) when 'object' then rule - 'text' else rule end order by n), '[]')
  from jsonb_array_elements(rules) with ordinality as r (rule, n)) else rules end)`;

export const decisions: Expected = {
  table: "risk_decisions",
  key: "%.intent_idempotency_key",
  columns: {
    intent_idempotency_key: "text",
    order_id: "uuid",
    signal_id: "uuid",
    agent_id: "uuid",
    agent_run_id: "uuid",
    slot: "bigint",
    verdict: "text",
    code: "text",
    rules: "jsonb",
    agent_status: "text",
    config_version: "int",
    at: "timestamptz",
  },
  compared: { rules: unworded },
  scope: during("at"),
};

const ofOrders = "order_id in (select value::uuid from json_array_elements_text($2::json))";

export const trades: Expected = {
  table: "trades",
  key: "%.id::text",
  columns: {
    id: "uuid",
    order_id: "uuid",
    agent_id: "uuid",
    symbol: "text",
    side: "text",
    qty: "numeric(18,6)",
    price: "numeric(18,6)",
    fee: "numeric(18,6)",
    fill_number: "int",
    ts: "timestamptz",
  },
  scope: ofOrders,
};

export const entries: Expected = {
  table: "ledger_entries",
  key: "%.trade_id || ' leg ' || %.leg",
  columns: {
    agent_id: "uuid",
    trade_id: "uuid",
    leg: "smallint",
    account: "text",
    amount: "numeric(24,6)",
    at: "timestamptz",
  },
  scope: "trade_id in (select value::uuid from json_array_elements_text($2::json))",
};

export const snapshots: Expected = {
  table: "pnl_snapshots",
  key: "%.id::text",
  columns: {
    id: "uuid",
    agent_id: "uuid",
    ts: "timestamptz",
    equity: "numeric(18,2)",
    realized_pnl: "numeric(18,2)",
    unrealized_pnl: "numeric(18,2)",
    drawdown: "numeric(18,4)",
    kind: "text",
    slot: "bigint",
    fees: "numeric(24,6)",
  },
  scope: during("ts"),
};

const ofAgent = "agent_id = ($2::json ->> 'agent')::uuid";

export const positions: Expected = {
  table: "positions",
  key: "%.id::text",
  columns: {
    id: "uuid",
    agent_id: "uuid",
    symbol: "text",
    net_qty: "numeric(18,6)",
    avg_price: "numeric(18,6)",
    cost_basis: "numeric(24,6)",
    last_fill_at: "timestamptz",
  },
  scope: ofAgent,
};

export const memory: Expected = {
  table: "strategy_states",
  key: "%.strategy_id || ' ' || %.symbol",
  columns: {
    agent_id: "uuid",
    strategy_id: "uuid",
    symbol: "text",
    state: "jsonb",
    slot: "bigint",
    config_version: "int",
  },
  scope: ofAgent,
};

export const accounts: Expected = {
  table: "accounts",
  key: "%.agent_id::text",
  columns: {
    agent_id: "uuid",
    cash: "numeric(24,6)",
    realized_pnl: "numeric(24,6)",
    fees: "numeric(24,6)",
    peak_equity: "numeric(24,6)",
    day: "date",
    day_start_equity: "numeric(24,6)",
    trail: "jsonb",
    marks: "jsonb",
    marked_at: "timestamptz",
  },
  scope: ofAgent,
};
