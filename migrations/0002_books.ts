import { Effect } from "effect";
import { SqlClient } from "effect/sql";

/**
 * What the engine remembers beside the seed tables: columns they are extended
 * by (nullable or defaulted, so the specification's own inserts still work),
 * the agents' history, their books in double entry, and every risk decision.
 *
 * A trade cites its order and, through (order_id, verdict), an approved
 * decision; a decision cites its signal; a signal its run. So nothing can be
 * traded that was not decided, by foreign key.
 */
const statements = [
  `alter table users
    add column issuer text,
    add column subject text,
    add constraint uq_users_identity unique (issuer, subject),
    add constraint users_identity_check check ((issuer is null) = (subject is null))`,

  `alter table agents
    add column seed bigint not null default 0,
    add column config_version int not null default 1 check (config_version >= 1),
    add column last_error text,
    add column archived_at timestamptz`,

  `create table agent_versions (
    agent_id uuid not null references agents (id),
    version int not null check (version >= 1),
    configuration jsonb not null,
    at timestamptz not null default now(),
    primary key (agent_id, version)
  )`,

  `create table agent_transitions (
    id bigint generated always as identity primary key,
    agent_id uuid not null references agents (id),
    "from" text check ("from" in ('CREATED', 'CONFIGURED', 'RUNNING', 'PAUSED', 'STOPPED', 'ERROR')),
    "to" text not null check ("to" in ('CREATED', 'CONFIGURED', 'RUNNING', 'PAUSED', 'STOPPED', 'ERROR')),
    reason text,
    at timestamptz not null default now()
  )`,
  `create index ix_agent_transitions_agent on agent_transitions (agent_id, id desc)`,

  // The tick is cited by id, not by key: retention removes old journal rows.
  `alter table agent_runs
    add column slot bigint,
    add column config_version int,
    add column tick_event_id uuid,
    add column inputs jsonb,
    add constraint uq_agent_runs_slot unique (agent_id, slot),
    add constraint fk_agent_runs_version foreign key (agent_id, config_version)
      references agent_versions (agent_id, version)`,

  // One price an instant and symbol: the same price fed or simulated twice collides with itself.
  `alter table market_prices
    add column volume numeric(24,6) check (volume >= 0 and volume <> 'NaN'),
    add constraint uq_market_prices_symbol_ts unique (symbol, ts)`,

  `create table market_states (
    name text primary key,
    state jsonb not null,
    at timestamptz not null
  )`,

  `create table strategy_states (
    agent_id uuid not null references agents (id),
    strategy_id uuid not null references strategies (id),
    symbol text not null,
    state jsonb not null,
    slot bigint not null,
    config_version int,
    primary key (agent_id, strategy_id, symbol)
  ) with (fillfactor = 70)`,

  `alter table signals
    add column strategy_id uuid references strategies (id),
    add column slot bigint,
    add column ordinal int check (ordinal >= 0)`,
  `create index ix_signals_run on signals (agent_run_id)`,

  `alter table orders
    add column signal_id uuid references signals (id),
    add column slot bigint,
    add column ordinal int check (ordinal >= 0),
    add column intent jsonb,
    add column filled_at timestamptz,
    add constraint orders_fully_filled_check check (status <> 'FILLED' or filled_qty = qty)`,
  `create index ix_orders_pending on orders (agent_id, slot, ordinal) where status = 'INTENT'`,

  `create table risk_decisions (
    intent_idempotency_key text primary key,
    order_id uuid not null unique references orders (id),
    signal_id uuid not null references signals (id),
    agent_id uuid not null references agents (id),
    agent_run_id uuid not null references agent_runs (id),
    slot bigint not null,
    verdict text not null check (verdict in ('APPROVED', 'REJECTED')),
    code text,
    rules jsonb not null,
    agent_status text not null
      check (agent_status in ('CREATED', 'CONFIGURED', 'RUNNING', 'PAUSED', 'STOPPED', 'ERROR')),
    config_version int,
    at timestamptz not null,
    created_at timestamptz not null default now(),
    constraint uq_risk_decisions_verdict unique (order_id, verdict),
    constraint risk_decisions_code_check check ((verdict = 'REJECTED') = (code is not null))
  )`,
  `create index ix_risk_decisions_agent on risk_decisions (agent_id, at desc)`,

  // decision is always 'APPROVED'; it exists to be half of the foreign key.
  `alter table trades
    add column fee numeric(18,6) not null default 0 check (fee <> 'NaN'),
    add column fill_number int not null default 1 check (fill_number >= 1),
    add column decision text not null default 'APPROVED' check (decision = 'APPROVED'),
    add constraint uq_trades_fill unique (order_id, fill_number),
    add constraint fk_trades_decision foreign key (order_id, decision)
      references risk_decisions (order_id, verdict)`,

  `alter table positions
    add column cost_basis numeric(24,6) not null default 0 check (cost_basis <> 'NaN'),
    add column last_fill_at timestamptz`,

  `alter table pnl_snapshots
    add column kind text not null default 'RUN' check (kind in ('RUN', 'FILL')),
    add column slot bigint,
    add column fees numeric(24,6) not null default 0 check (fees <> 'NaN')`,

  // Updated on every slot: room on the page keeps the new version beside the old one.
  `create table accounts (
    agent_id uuid primary key references agents (id),
    version bigint not null default 0,
    cash numeric(24,6) not null check (cash <> 'NaN'),
    realized_pnl numeric(24,6) not null default 0 check (realized_pnl <> 'NaN'),
    fees numeric(24,6) not null default 0 check (fees <> 'NaN'),
    peak_equity numeric(24,6) not null check (peak_equity <> 'NaN'),
    day date,
    day_start_equity numeric(24,6) not null check (day_start_equity <> 'NaN'),
    trail jsonb not null default '{}',
    marks jsonb not null default '{}',
    marked_at timestamptz,
    last_slot bigint,
    missed_ticks bigint not null default 0 check (missed_ticks >= 0),
    failures int not null default 0 check (failures >= 0),
    updated_at timestamptz not null default now()
  ) with (fillfactor = 50)`,

  `create table ledger_entries (
    id bigint generated always as identity primary key,
    agent_id uuid not null references agents (id),
    trade_id uuid not null references trades (id),
    leg smallint not null check (leg >= 0),
    account text not null check (account <> ''),
    amount numeric(24,6) not null check (amount <> 'NaN'),
    at timestamptz not null,
    constraint uq_ledger_entries_leg unique (trade_id, leg)
  )`,
  `create index ix_ledger_entries_agent on ledger_entries (agent_id, id)`,
];

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  for (const statement of statements) yield* sql.unsafe(statement).unprepared;
});
