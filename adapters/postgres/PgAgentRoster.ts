import { Agent } from "@strom/core";
import type { Failure, Ticking } from "@strom/core/ports";
import { AgentRoster } from "@strom/core/ports";
import { Effect, Layer, Result, Schema } from "effect";
import { SqlClient } from "effect/sql";
import { orUnavailable } from "./Failure.ts";
import * as Columns from "./PgColumns.ts";
import * as Row from "./PgRow.ts";

const Universe = Schema.Struct({ symbols: Schema.Array(Schema.String) });
const symbolsOf = Schema.decodeUnknownSync(Universe);
const Periods = Schema.Array(Schema.Struct({ from: Schema.Finite, to: Schema.Finite }));
const periodsOf = Schema.decodeUnknownSync(Schema.NullOr(Periods));
const isState = Schema.is(Agent.State);

const tickingOf = (row: Row.Row): Ticking => ({
  agentId: Row.agentId(row),
  frequencySeconds: Row.number(row, "frequency_seconds"),
  symbols: symbolsOf(Row.json(row, "universe")).symbols,
  runningSince: Row.numberOrNull(row, "since") ?? 0,
  lastAt: Row.numberOrNull(row, "last_at"),
  earlier: periodsOf(Row.json(row, "earlier")) ?? [],
});

/** So many events of a partition are looked back through for what an agent failed at: a second's work for Postgres. */
const LOOKED_BACK = 1_000_000;

/** The longest an error is kept on the agent. */
const ERROR_LENGTH = 500;

/** Accounts are locked in the order of their ids, here as everywhere. */
const addMissed = Columns.statement(
  { agent_id: "uuid", slots: "bigint" },
  (source) => `
    with locked as materialized (
      select a.agent_id, r.slots from accounts a join ${source} on a.agent_id = r.agent_id
      order by a.agent_id for update of a
    )
    update accounts a set missed_ticks = a.missed_ticks + l.slots
    from locked l where a.agent_id = l.agent_id`,
);

export const layer = Layer.effect(
  AgentRoster,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;

    // A tick that still waits counts too: it will be run. So does one in a partition nobody has read yet.
    const running = Effect.gen(function* () {
      const rows = yield* sql<Row.Row>`
        with waiting as (
          select j.agent_id, max(j.at) as at
          from journal_heads h
          left join cursors c on c.stage = 'runtime' and c.topic = h.topic and c.partition = h.partition
          join journal j
            on j.topic = h.topic and j.partition = h.partition and j."offset" >= coalesce(c.position, 0)
          where h.topic = 'agent.tick'
          group by j.agent_id
        )
        select a.id as agent_id, a.frequency_seconds, a.universe, s.at as since,
          greatest(w.at, r.tick_time) as last_at, e.earlier
        from agents a
        left join waiting w on w.agent_id = a.id
        left join lateral (
          select t.at from agent_transitions t where t.agent_id = a.id and t."to" = 'RUNNING' and t."from" is distinct from 'RUNNING'
          order by t.id desc limit 1
        ) s on true
        left join lateral (
          select r.tick_time from agent_runs r where r.agent_id = a.id
          order by r.tick_time desc limit 1
        ) r on true
        left join lateral (
          select json_agg(json_build_object(
            'from', floor(extract(epoch from p."from") * 1000), 'to', floor(extract(epoch from p."to") * 1000))) as earlier
          from (
            select t."to" as state, t.at as "from", lead(t.at) over (order by t.id) as "to"
            from agent_transitions t where t.agent_id = a.id
          ) p
          where p.state = 'RUNNING' and p."from" < s.at
            and p."to" > coalesce(greatest(w.at, r.tick_time), '-infinity')
        ) e on s.at > coalesce(greatest(w.at, r.tick_time), '-infinity')
        where a.is_enabled and a.status = 'RUNNING' and a.archived_at is null
        order by a.id`;
      return rows.map(tickingOf);
    }).pipe(orUnavailable);

    const changes = Effect.gen(function* () {
      const rows = yield* sql<Row.Row>`
        select coalesce(sum(head), 0)::float8 as changes from journal_heads where topic = 'agent.changed'`;
      return rows[0] === undefined ? 0 : Row.number(rows[0], "changes");
    }).pipe(orUnavailable);

    const miss = Effect.fnUntraced(function* (
      missed: ReadonlyArray<{ readonly agentId: string; readonly slots: number }>,
    ) {
      if (missed.length === 0) return;
      yield* addMissed(
        sql,
        missed.map(({ agentId, slots }) => ({ agent_id: agentId, slots })),
      );
    }, orUnavailable);

    /**
     * Whether the newest `inARow` events of the agent that the stage has passed are all dead letters, and of its
     * present life: who starts it again after an ERROR gives it as many tries as it had.
     */
    const isHopeless = Effect.fnUntraced(function* (failure: Failure, inARow: number) {
      const lane = sql`topic = ${failure.topic} and partition = ${failure.partition}
        and agent_id = ${failure.agentId}::uuid and "offset" <= ${failure.offset}::bigint`;
      const letters = yield* sql<Row.Row>`
        select count(*)::int as count, min("offset")::float8 as first from (
          select "offset" from dead_letters
          where stage = ${failure.stage} and ${lane} and "offset" > ${failure.offset - LOOKED_BACK}::bigint
            and at >= coalesce((
              select max(t.at) from agent_transitions t
              where t.agent_id = ${failure.agentId}::uuid and t."to" = 'RUNNING'
                and t."from" is distinct from 'RUNNING'), '-infinity')
          order by "offset" desc limit ${inARow}::int) l`;
      // Nearly always there are fewer, and the journal, which knows nothing of agents, need not be searched.
      if (letters[0] === undefined || Row.number(letters[0], "count") < inARow) return false;
      const events = yield* sql<Row.Row>`
        select count(*)::int as count from journal
        where ${lane} and "offset" >= ${Row.number(letters[0], "first")}::bigint`;
      return events[0] !== undefined && Row.number(events[0], "count") === inARow;
    });

    const fail = Effect.fnUntraced(function* (failure: Failure, inARow: number) {
      const error = failure.error.slice(0, ERROR_LENGTH).toWellFormed();
      yield* sql`select 1 from accounts where agent_id = ${failure.agentId}::uuid for update`;
      const agents = yield* sql<Row.Row>`
        update agents set last_error = ${error} where id = ${failure.agentId}::uuid
        returning status, config_version`;
      const agent = agents[0];
      if (agent === undefined || !(yield* isHopeless(failure, inARow))) return null;
      const from = Row.text(agent, "status");
      if (!isState(from) || Result.isFailure(Agent.transition(from, "fail"))) return null;
      const reason = `${inARow} events in a row could not be processed by ${failure.stage}: ${error}`;
      yield* sql`
        update agents set status = 'ERROR', is_enabled = false, updated_at = now()
        where id = ${failure.agentId}::uuid`;
      const moves = yield* sql<Row.Row>`
        with written as (
          insert into agent_transitions (agent_id, "from", "to", reason)
          values (${failure.agentId}::uuid, ${from}, 'ERROR', ${reason}) returning agent_id
        )
        select 1 + count(*)::int as sequence from agent_transitions t
        where t.agent_id = ${failure.agentId}::uuid and exists (select 1 from written)`;
      const sequence = moves[0] === undefined ? 1 : Row.number(moves[0], "sequence");
      return { sequence, from, configVersion: Row.number(agent, "config_version"), reason };
    }, orUnavailable);

    return AgentRoster.of({ running, changes, miss, fail });
  }),
);
