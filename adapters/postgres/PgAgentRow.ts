import { Id, Agent as Machine, Money, RiskProfile } from "@strom/core";
import type { Agent } from "@strom/core/ports";
import { Effect, Schema } from "effect";
import type { SqlClient } from "effect/sql/SqlClient";

/** What an agent is read from; `a` is the table. Its strategies come in the agent's own order. */
export const columns = (sql: SqlClient) =>
  sql.literal(`a.id, a.user_id, a.name, a.mode, a.frequency_seconds, a.universe, a.risk_profile,
    a.capital::text as capital, a.is_enabled, a.status, a.seed::text as seed, a.config_version, a.last_error,
    a.created_at, a.updated_at,
    exists (select 1 from agent_transitions t where t.agent_id = a.id and t."to" = 'RUNNING') as has_started,
    (select coalesce(json_agg(json_build_object(
        'strategyId', s.id, 'key', s.key, 'params', p.params) order by o.n), '[]')
      from jsonb_array_elements_text(a.strategy_ids) with ordinality as o (id, n)
      join strategies s on s.id = o.id::uuid
      join agent_strategy_params p on p.agent_id = a.id and p.strategy_id = s.id) as strategies`);

const AgentRow = Schema.Struct({
  id: Id.AgentId,
  user_id: Id.UserId,
  name: Schema.String,
  mode: Schema.Literal("paper"),
  frequency_seconds: Schema.Number,
  universe: Schema.Struct({ symbols: Schema.Array(Schema.String) }),
  strategies: Schema.Array(
    Schema.Struct({
      strategyId: Id.StrategyId,
      key: Schema.String,
      params: Schema.Record(Schema.String, Schema.Unknown),
    }),
  ),
  risk_profile: RiskProfile.RiskProfile,
  capital: Money.CashFromString,
  is_enabled: Schema.Boolean,
  status: Machine.State,
  seed: Schema.BigIntFromString,
  config_version: Schema.Number,
  last_error: Schema.NullOr(Schema.String),
  has_started: Schema.Boolean,
  created_at: Schema.Number,
  updated_at: Schema.Number,
});

const decodeRows = Schema.decodeUnknownEffect(Schema.Array(AgentRow));

const toAgent = (row: typeof AgentRow.Type): Agent => ({
  id: row.id,
  userId: row.user_id,
  name: row.name,
  mode: row.mode,
  frequencySeconds: row.frequency_seconds,
  symbols: row.universe.symbols,
  strategies: row.strategies,
  risk: row.risk_profile,
  capital: row.capital,
  isEnabled: row.is_enabled,
  status: row.status,
  seed: row.seed,
  version: row.config_version,
  lastError: row.last_error,
  hasStarted: row.has_started,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** Rows as agents; a row that is none is a fault of ours. */
export const decode = (rows: ReadonlyArray<unknown>): Effect.Effect<ReadonlyArray<Agent>> =>
  Effect.orDie(decodeRows(rows)).pipe(Effect.map((decoded) => decoded.map(toAgent)));
