import { PgTypes } from "@effect/sql-pg";
import { Effect, Schema } from "effect";
import type { SqlClient } from "effect/sql/SqlClient";
import * as Row from "./PgRow.ts";

/** A table whose rows follow from something else, and can therefore be expected. */
export interface Expected {
  readonly table: string;
  /** What names a row, in the columns' terms. */
  readonly key: string;
  /** The columns compared, each with its type. */
  readonly columns: { readonly [column: string]: string };
  /** What of a column is compared, where that is not all of it. */
  readonly compared?: { readonly [column: string]: string };
  /** Which of the table's rows are looked at; `$2` is what `scope` is given. */
  readonly scope: string;
}

const selected = ({ columns, compared = {} }: Expected): string =>
  Object.keys(columns)
    .map((name) => `${compared[name] ?? `"${name}"`} as "${name}"`)
    .join(", ");

const shown = (value: unknown): string => (value === null ? "nothing" : JSON.stringify(value));

const isRecord = Schema.is(Schema.Record(Schema.String, Schema.Unknown));

/** The columns that differ, as `qty is "2", should be "1"`. */
const differences = (found: unknown, expected: unknown): string => {
  const left = isRecord(found) ? found : {};
  const right = isRecord(expected) ? expected : {};
  return Object.keys(right)
    .filter((column) => JSON.stringify(left[column]) !== JSON.stringify(right[column]))
    .map((column) => `${column} is ${shown(left[column])}, should be ${shown(right[column])}`)
    .join("; ");
};

/** The first row that is not as expected, missing, or too many, in a sentence; null when all are as they should be. */
export const differs = Effect.fnUntraced(function* (
  sql: SqlClient,
  expectation: Expected,
  rows: ReadonlyArray<object>,
  scoped: unknown,
) {
  const { table, key, columns, scope } = expectation;
  const typed = Object.entries(columns)
    .map(([name, type]) => `"${name}" ${type}`)
    .join(", ");
  const found = yield* sql.unsafe<Row.Row>(
    `with expected as (select ${selected(expectation)} from json_to_recordset($1::json) as r (${typed})),
      found as (select ${selected(expectation)} from ${table} where ${scope})
    select coalesce(${key.replaceAll("%", "e")}, ${key.replaceAll("%", "f")}) as name,
      case when ${key.replaceAll("%", "e")} is null then null else to_jsonb(e) end as expected,
      case when ${key.replaceAll("%", "f")} is null then null else to_jsonb(f) end as found
    from expected e full join found f on ${key.replaceAll("%", "f")} = ${key.replaceAll("%", "e")}
    where to_jsonb(e) is distinct from to_jsonb(f)
    order by 1 limit 1`,
    [PgTypes.json(rows), PgTypes.json(scoped)],
  );
  const row = found[0];
  if (row === undefined) return null;
  const name = `${table} ${Row.text(row, "name")}`;
  const expected = Row.json(row, "expected");
  const actual = Row.json(row, "found");
  if (actual === null) return `${name} is missing`;
  if (expected === null) return `${name} follows from nothing on record`;
  return `${name}: ${differences(actual, expected)}`;
});

const ofRuns = "agent_run_id in (select value::uuid from json_array_elements_text($2::json))";

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
  scope: ofRuns,
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
  scope: ofRuns,
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
  scope: `agent_id = ($2::json ->> 'agent')::uuid
    and slot in (select value::bigint from json_array_elements_text($2::json -> 'slots'))`,
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
