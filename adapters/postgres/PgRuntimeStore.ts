import { PgTypes } from "@effect/sql-pg";
import type { Agent } from "@strom/core";
import { Id } from "@strom/core";
import type { FailedRun, Resident, RunRecord } from "@strom/core/ports";
import { RuntimeStore } from "@strom/core/ports";
import { Effect, Layer } from "effect";
import { SqlClient } from "effect/sql";
import { orUnavailable } from "./Failure.ts";
import * as Columns from "./PgColumns.ts";
import { carriesOver } from "./PgMemory.ts";
import * as Row from "./PgRow.ts";
import * as Rows from "./PgRunRows.ts";
import * as PgSpecs from "./PgSpecs.ts";

/** What a strategy remembers, and under which configuration it came to. */
interface Held {
  readonly agentId: Id.AgentId;
  readonly strategyId: Id.StrategyId;
  readonly symbol: string;
  readonly state: unknown;
  readonly version: number;
}

const heldOf = (row: Row.Row): Held => ({
  agentId: Row.agentId(row),
  strategyId: Row.strategyId(row),
  symbol: Row.text(row, "symbol"),
  state: Row.json(row, "state"),
  version: Row.numberOrNull(row, "config_version") ?? 0,
});

const insertRuns = Columns.statement(
  {
    id: "uuid",
    agent_id: "uuid",
    tick_time: "timestamptz",
    started_at: "timestamptz",
    completed_at: "timestamptz",
    slot: "bigint",
    config_version: "int",
    tick_event_id: "uuid",
    inputs: "jsonb",
  },
  (source) => `
    insert into agent_runs (id, agent_id, tick_time, started_at, completed_at, slot, config_version, tick_event_id,
      inputs, status)
    select r.*, 'COMPLETED' from ${source}`,
);

const upsertMemory = Columns.statement(
  {
    agent_id: "uuid",
    strategy_id: "uuid",
    symbol: "text",
    state: "jsonb",
    slot: "bigint",
    config_version: "int",
  },
  (source) => `
    insert into strategy_states (agent_id, strategy_id, symbol, state, slot, config_version)
    select r.agent_id, r.strategy_id, r.symbol, r.state -> 0, r.slot, r.config_version from ${source}
    on conflict (agent_id, strategy_id, symbol)
    do update set state = excluded.state, slot = excluded.slot, config_version = excluded.config_version`,
);

export const layer = Layer.effect(
  RuntimeStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;
    const specs = PgSpecs.make(sql);

    /** Positions outside the universe. Only an agent that was configured anew can have one. */
    const leftOverOf = Effect.fnUntraced(function* (agentIds: ReadonlyArray<Id.AgentId>) {
      const left = new Map<Id.AgentId, ReadonlyArray<string>>();
      if (agentIds.length === 0) return left;
      const rows = yield* sql<Row.Row>`
        select p.agent_id, array_agg(p.symbol order by p.symbol) as symbols
        from positions p join agents a on a.id = p.agent_id
        where p.agent_id in (select value::uuid from json_array_elements_text(${PgTypes.json(agentIds)}))
          and p.net_qty <> 0 and not (a.universe -> 'symbols') ? p.symbol
        group by p.agent_id`;
      for (const row of rows) left.set(Row.agentId(row), Row.texts(row, "symbols"));
      return left;
    });

    const load = Effect.fnUntraced(function* (agentIds: ReadonlyArray<Id.AgentId>) {
      const ids = PgTypes.json(agentIds);
      const agents = yield* sql<Row.Row>`
        select a.id as agent_id, a.status, a.config_version from agents a
        where a.id in (select value::uuid from json_array_elements_text(${ids}))`;
      const states = yield* sql<Row.Row>`
        select agent_id, strategy_id, symbol, state, config_version from strategy_states
        where agent_id in (select value::uuid from json_array_elements_text(${ids}))`;
      const held = Map.groupBy(states.map(heldOf), ({ agentId }) => agentId);
      const present = agents.map((row) => ({
        agentId: Row.agentId(row),
        version: Row.number(row, "config_version"),
        isRunning: Row.text(row, "status") === ("RUNNING" satisfies Agent.State),
      }));
      const past = [...held.values()].flat().map(({ agentId, version }) => ({ agentId, version }));
      const specOf = yield* specs.load([...present, ...past]);

      const changed = present.filter(({ version }) => version > 1).map(({ agentId }) => agentId);
      const leftOver = yield* leftOverOf(changed);

      const residents = new Map<Id.AgentId, Resident>();
      for (const { agentId, version, isRunning } of present) {
        const spec = specOf({ agentId, version });
        if (spec === undefined) continue;
        const memory: Record<string, Record<string, unknown>> = {};
        for (const { strategyId, symbol, state, version: learned } of held.get(agentId) ?? []) {
          const isCarried =
            learned === version || carriesOver(strategyId, specOf({ agentId, version: learned }), spec);
          if (!isCarried) continue;
          const ofStrategy = memory[strategyId] ?? {};
          ofStrategy[symbol] = state;
          memory[strategyId] = ofStrategy;
        }
        residents.set(agentId, {
          spec,
          configVersion: version,
          isRunning,
          leftOver: leftOver.get(agentId) ?? [],
          memory,
        });
      }
      return residents;
    }, orUnavailable);

    const save = Effect.fnUntraced(function* (records: ReadonlyArray<RunRecord>) {
      if (records.length === 0) return;
      yield* insertRuns(sql, Rows.runs(records));
      const signals = Rows.signals(records);
      if (signals.length > 0) {
        yield* sql`
          insert into signals (id, agent_run_id, agent_id, symbol, side, confidence, rationale,
            strategy_id, slot, ordinal, created_at)
          select * from json_to_recordset(${PgTypes.json(signals)}) as r (
            id uuid, agent_run_id uuid, agent_id uuid, symbol text, side text, confidence numeric(5,4),
            rationale jsonb, strategy_id uuid, slot bigint, ordinal int, created_at timestamptz)`;
      }
      const memory = Rows.memory(records);
      // In a list, since by itself the null of JSON would arrive as that of SQL.
      if (memory.length > 0)
        yield* upsertMemory(
          sql,
          memory.map((row) => ({ ...row, state: [row.state] })),
        );
    }, orUnavailable);

    const fail = Effect.fnUntraced(function* ({ agentId, slot, at, tickId, failedAt, error }: FailedRun) {
      yield* sql`
        insert into agent_runs (id, agent_id, tick_time, started_at, completed_at, status, error_message,
          slot, tick_event_id)
        select ${Id.run(agentId, slot)}::uuid, a.id, ${Row.iso(at)}::timestamptz, ${Row.iso(failedAt)}::timestamptz,
          ${Row.iso(failedAt)}::timestamptz, 'FAILED', ${error}, ${slot}::bigint, ${tickId}::uuid
        from agents a where a.id = ${agentId}::uuid
        on conflict do nothing`;
    }, orUnavailable);

    const strangers = Effect.fnUntraced(function* (known: ReadonlyArray<Id.StrategyId>) {
      const rows = yield* sql<Row.Row>`
        select a.id as agent_id, s.key from agents a
        join agent_strategy_params p on p.agent_id = a.id join strategies s on s.id = p.strategy_id
        where a.status = 'RUNNING' and a.archived_at is null
          and s.id not in (select value::uuid from json_array_elements_text(${PgTypes.json(known)}))
        order by 1, 2`;
      return rows.map((row) => ({ agentId: Row.agentId(row), key: Row.text(row, "key") }));
    }, orUnavailable);

    return RuntimeStore.of({ load, save, strangers, fail });
  }),
);
