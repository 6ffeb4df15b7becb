import { PgTypes } from "@effect/sql-pg";
import type { Id } from "@strom/core";
import type { Question, Reviewed, ReviewRecord } from "@strom/core/ports";
import { RiskStore } from "@strom/core/ports";
import { Effect, Layer } from "effect";
import { SqlClient } from "effect/sql";
import { orUnavailable } from "./Failure.ts";
import * as PgAccounts from "./PgAccounts.ts";
import * as Columns from "./PgColumns.ts";
import * as PgIntents from "./PgIntents.ts";
import * as PgPnl from "./PgPnl.ts";
import * as Rows from "./PgReviewRows.ts";
import * as Row from "./PgRow.ts";
import * as PgSpecs from "./PgSpecs.ts";

const updateAccounts = Columns.statement(
  {
    agent_id: "uuid",
    peak_equity: "numeric",
    day: "date",
    day_start_equity: "numeric",
    trail: "jsonb",
    marks: "jsonb",
    marked_at: "timestamptz",
    last_slot: "bigint",
  },
  (source) => `
    update accounts a set version = a.version + 1, peak_equity = r.peak_equity, day = r.day,
      day_start_equity = r.day_start_equity, trail = r.trail, marks = r.marks, marked_at = r.marked_at,
      last_slot = r.last_slot, updated_at = now()
    from ${source} where a.agent_id = r.agent_id`,
);

export const layer = Layer.effect(
  RiskStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;
    const specs = PgSpecs.make(sql);

    const pendingOf = Effect.fnUntraced(function* (agentIds: ReadonlyArray<Id.AgentId>) {
      const rows = yield* sql<Row.Row>`
        select agent_id, intent from orders
        where status = 'INTENT'
          and agent_id in (select value::uuid from json_array_elements_text(${PgTypes.json(agentIds)}))
        order by agent_id, slot, ordinal`;
      const intents = rows.map((row) => PgIntents.decode(Row.json(row, "intent")));
      return Map.groupBy(intents, ({ agentId }) => agentId);
    });

    const load = Effect.fnUntraced(function* (questions: ReadonlyArray<Question>) {
      const agentIds = [...new Set(questions.map(({ run }) => run.agentId))];
      const locked = yield* PgAccounts.lock(sql, agentIds);
      const pending = yield* pendingOf(agentIds);
      const versions = questions.map(({ run, configVersion }) => ({
        agentId: run.agentId,
        version: configVersion,
      }));
      const specOf = yield* specs.load(versions);
      const cited = Map.groupBy(versions, ({ agentId }) => agentId);

      const reviewed = new Map<Id.AgentId, Reviewed>();
      for (const [agentId, { account, guard, standing }] of locked) {
        const own = new Map(
          (cited.get(agentId) ?? []).flatMap((version) => {
            const spec = specOf(version);
            return spec === undefined ? [] : [[version.version, spec] as const];
          }),
        );
        const books = { account, guard, pending: pending.get(agentId) ?? [] };
        reviewed.set(agentId, { specs: own, standing, books });
      }
      return reviewed;
    }, orUnavailable);

    const saveVerdicts = Effect.fnUntraced(function* (records: ReadonlyArray<ReviewRecord>) {
      const exits = Rows.exits(records);
      if (exits.length > 0) {
        yield* sql`
          insert into signals (id, agent_run_id, agent_id, symbol, side, confidence, rationale, slot, ordinal,
            created_at)
          select * from json_to_recordset(${PgTypes.json(exits)}) as r (
            id uuid, agent_run_id uuid, agent_id uuid, symbol text, side text, confidence numeric(5,4),
            rationale jsonb, slot bigint, ordinal int, created_at timestamptz)`;
      }
      yield* sql`
        insert into orders (id, agent_id, agent_run_id, symbol, side, qty, order_type, intent_idempotency_key,
          status, requested_price, reject_reason, signal_id, slot, ordinal, intent, created_at)
        select r.id, r.agent_id, r.agent_run_id, r.symbol, r.side, r.qty, 'MARKET', r.intent_idempotency_key,
          r.status, r.requested_price, r.reject_reason, r.signal_id, r.slot, r.ordinal, r.intent, r.created_at
        from json_to_recordset(${PgTypes.json(Rows.orders(records))}) as r (
          id uuid, agent_id uuid, agent_run_id uuid, symbol text, side text, qty numeric(18,6),
          intent_idempotency_key text, status text, requested_price numeric(18,6), reject_reason text,
          signal_id uuid, slot bigint, ordinal int, intent jsonb, created_at timestamptz)`;
      yield* sql`
        insert into risk_decisions (intent_idempotency_key, order_id, signal_id, agent_id, agent_run_id, slot,
          verdict, code, rules, agent_status, config_version, at)
        select * from json_to_recordset(${PgTypes.json(Rows.decisions(records))}) as r (
          intent_idempotency_key text, order_id uuid, signal_id uuid, agent_id uuid, agent_run_id uuid,
          slot bigint, verdict text, code text, rules jsonb, agent_status text, config_version int,
          at timestamptz)`;
    });

    const save = Effect.fnUntraced(function* (records: ReadonlyArray<ReviewRecord>) {
      if (records.length === 0) return;
      yield* PgPnl.insert(sql, Rows.snapshots(records));
      yield* updateAccounts(sql, Rows.accounts(records));
      const spoken = records.filter(({ review }) => review.verdicts.length > 0);
      if (spoken.length > 0) yield* saveVerdicts(spoken);
    }, orUnavailable);

    return RiskStore.of({ load, save });
  }),
);
