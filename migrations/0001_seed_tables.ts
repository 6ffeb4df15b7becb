import { Effect } from "effect";
import { SqlClient } from "effect/sql";

/**
 * The tables of the specification: names, types, defaults, uniques and indexes
 * are exactly the document's. The CHECKs hold every closed set and keep NaN out,
 * which Postgres would otherwise take for a number greater than any other.
 */
const statements = [
  `create table users (
    id uuid primary key,
    email text not null unique,
    created_at timestamptz not null default now()
  )`,

  `create table agents (
    id uuid primary key,
    user_id uuid not null references users (id),
    name text not null,
    mode text not null check (mode in ('paper', 'live')),
    frequency_seconds int not null check (frequency_seconds >= 1),
    universe jsonb not null check (coalesce(jsonb_typeof(universe -> 'symbols'), '') = 'array'),
    strategy_ids jsonb not null check (jsonb_typeof(strategy_ids) = 'array'),
    risk_profile jsonb not null check (jsonb_typeof(risk_profile) = 'object'),
    capital numeric(18,2) not null check (capital > 0 and capital <> 'NaN'),
    is_enabled boolean not null default false,
    status text not null default 'CREATED'
      check (status in ('CREATED', 'CONFIGURED', 'RUNNING', 'PAUSED', 'STOPPED', 'ERROR')),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`,
  `create index idx_agents_user_id on agents (user_id)`,
  `create index idx_agents_enabled on agents (is_enabled)`,

  `create table agent_runs (
    id uuid primary key,
    agent_id uuid not null references agents (id),
    tick_time timestamptz not null,
    started_at timestamptz not null,
    completed_at timestamptz,
    status text not null check (status in ('STARTED', 'COMPLETED', 'FAILED')),
    error_message text,
    created_at timestamptz not null default now()
  )`,
  `create index idx_agent_runs_agent_time on agent_runs (agent_id, tick_time desc)`,

  `create table market_prices (
    id bigserial primary key,
    symbol text not null,
    ts timestamptz not null,
    price numeric(18,6) not null check (price > 0 and price <> 'NaN'),
    source text not null default 'sim'
  )`,
  `create index idx_market_prices_symbol_ts on market_prices (symbol, ts desc)`,

  `create table strategies (
    id uuid primary key,
    key text not null unique,
    name text not null,
    description text not null,
    params_schema jsonb not null,
    created_at timestamptz not null default now()
  )`,

  `create table agent_strategy_params (
    id uuid primary key,
    agent_id uuid not null references agents (id),
    strategy_id uuid not null references strategies (id),
    params jsonb not null,
    constraint uq_agent_strategy unique (agent_id, strategy_id)
  )`,

  `create table signals (
    id uuid primary key,
    agent_run_id uuid not null references agent_runs (id),
    agent_id uuid not null references agents (id),
    symbol text not null,
    side text not null check (side in ('BUY', 'SELL')),
    confidence numeric(5,4) not null check (confidence between 0 and 1 and confidence <> 'NaN'),
    rationale jsonb not null,
    created_at timestamptz not null default now()
  )`,
  `create index idx_signals_agent_created on signals (agent_id, created_at desc)`,

  `create table orders (
    id uuid primary key,
    agent_id uuid not null references agents (id),
    agent_run_id uuid not null references agent_runs (id),
    symbol text not null,
    side text not null check (side in ('BUY', 'SELL')),
    qty numeric(18,6) not null check (qty >= 0 and qty <> 'NaN'),
    order_type text not null check (order_type = 'MARKET'),
    intent_idempotency_key text not null,
    status text not null check (status in ('INTENT', 'FILLED', 'REJECTED')),
    requested_price numeric(18,6) check (requested_price > 0 and requested_price <> 'NaN'),
    filled_price numeric(18,6) check (filled_price > 0 and filled_price <> 'NaN'),
    filled_qty numeric(18,6) check (filled_qty >= 0 and filled_qty <> 'NaN'),
    fees numeric(18,6) not null default 0 check (fees <> 'NaN'),
    reject_reason text,
    created_at timestamptz not null default now(),
    constraint uq_orders_idempotency unique (intent_idempotency_key),
    constraint orders_filled_check check (
      (status = 'FILLED') = (filled_price is not null) and (status = 'FILLED') = (filled_qty is not null)
    ),
    constraint orders_rejected_check check ((status = 'REJECTED') = (reject_reason is not null)),
    constraint orders_empty_check check (qty > 0 or status = 'REJECTED')
  )`,
  `create index idx_orders_agent_created on orders (agent_id, created_at desc)`,

  `create table trades (
    id uuid primary key,
    order_id uuid not null references orders (id),
    agent_id uuid not null references agents (id),
    symbol text not null,
    side text not null check (side in ('BUY', 'SELL')),
    qty numeric(18,6) not null check (qty > 0 and qty <> 'NaN'),
    price numeric(18,6) not null check (price > 0 and price <> 'NaN'),
    ts timestamptz not null,
    created_at timestamptz not null default now()
  )`,
  `create index idx_trades_agent_ts on trades (agent_id, ts desc)`,

  `create table positions (
    id uuid primary key,
    agent_id uuid not null references agents (id),
    symbol text not null,
    net_qty numeric(18,6) not null check (net_qty <> 'NaN'),
    avg_price numeric(18,6) not null check (avg_price >= 0 and avg_price <> 'NaN'),
    updated_at timestamptz not null default now(),
    constraint uq_positions_agent_symbol unique (agent_id, symbol)
  )`,

  `create table pnl_snapshots (
    id uuid primary key,
    agent_id uuid not null references agents (id),
    ts timestamptz not null,
    equity numeric(18,2) not null check (equity <> 'NaN'),
    realized_pnl numeric(18,2) not null check (realized_pnl <> 'NaN'),
    unrealized_pnl numeric(18,2) not null check (unrealized_pnl <> 'NaN'),
    drawdown numeric(18,4) not null default 0 check (drawdown <> 'NaN'),
    created_at timestamptz not null default now()
  )`,
  `create index idx_pnl_agent_ts on pnl_snapshots (agent_id, ts desc)`,
];

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  for (const statement of statements) yield* sql.unsafe(statement).unprepared;
});
