import { PgTypes } from "@effect/sql-pg";
import { AgentSpec, Event, FillModel, Id, Agent as Machine, Money } from "@strom/core";
import type { Agent, Change, Move } from "@strom/core/ports";
import { AgentNotFound, Agents, Database, EventBus, Journal } from "@strom/core/ports";
import { Clock, Effect, Layer, Schema } from "effect";
import { SqlClient } from "effect/sql";
import { orUnavailable } from "./Failure.ts";
import * as PgAgentRow from "./PgAgentRow.ts";
import * as PgCapital from "./PgCapital.ts";
import * as PgPage from "./PgPage.ts";
import * as Row from "./PgRow.ts";

export const layer: Layer.Layer<Agents, never, SqlClient.SqlClient | Database | Journal | EventBus> =
  Layer.effect(
    Agents,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient;
      const database = yield* Database;
      const journal = yield* Journal;
      const bus = yield* EventBus;
      const columns = PgAgentRow.columns(sql);
      const capital = yield* PgCapital.make(sql);

      const find = Effect.fn("Agents.find")(function* (userId: Id.UserId, id: Id.AgentId) {
        const rows = yield* sql<Row.Row>`
          select ${columns} from agents a
          where a.id = ${id}::uuid and a.user_id = ${userId}::uuid and a.archived_at is null`;
        const agent = (yield* PgAgentRow.decode(rows))[0];
        return agent ?? (yield* new AgentNotFound({ id }));
      }, orUnavailable);

      const writeStrategies = Effect.fnUntraced(function* (id: Id.AgentId, spec: AgentSpec.Configuration) {
        yield* sql`delete from agent_strategy_params where agent_id = ${id}::uuid`;
        const rows = spec.strategies.map(({ strategyId, params }) => ({
          id: Id.derive("agent_strategy", id, strategyId),
          strategy_id: strategyId,
          params,
        }));
        yield* sql`
          insert into agent_strategy_params (id, agent_id, strategy_id, params)
          select r.id, ${id}::uuid, r.strategy_id, r.params
          from json_to_recordset(${PgTypes.json(rows)}) as r (id uuid, strategy_id uuid, params jsonb)`;
      });

      /** The engine's view of a configuration, as runs cite it. */
      const writeVersion = Effect.fnUntraced(function* (
        id: Id.AgentId,
        seed: bigint,
        version: number,
        configuration: AgentSpec.Configuration,
      ) {
        const spec = AgentSpec.make(id, seed, configuration, FillModel.standard);
        yield* sql`
          insert into agent_versions (agent_id, version, configuration)
          values (${id}::uuid, ${version}, ${PgTypes.jsonb(AgentSpec.toJson(spec))})`;
      });

      /** Writes the moves into the agent's history and tells of them, last in the transaction. */
      const announce = Effect.fnUntraced(function* (
        agent: { readonly id: Id.AgentId; readonly version: number },
        from: Machine.State,
        moves: ReadonlyArray<Move>,
      ) {
        if (moves.length === 0) return;
        const at = yield* Clock.currentTimeMillis;
        const counted = yield* sql<Row.Row>`
          select count(*) as count from agent_transitions where agent_id = ${agent.id}::uuid`;
        const before = counted[0] === undefined ? 0 : Row.number(counted[0], "count");
        const states = [from, ...moves.map(({ to }) => to)];
        const steps = moves.map(({ to, reason }, n) => ({ n, from: states[n] ?? from, to, reason }));
        yield* sql`
          insert into agent_transitions (agent_id, "from", "to", reason)
          select ${agent.id}::uuid, r."from", r."to", r.reason
          from json_to_recordset(${PgTypes.json(steps)}) as r (n int, "from" text, "to" text, reason text)
          order by r.n`;
        const partition = Event.partition(agent.id, database.partitions);
        const rows = yield* journal.append(
          steps.map(({ from, to, reason }, index) => {
            const event = Event.agentChanged({
              agentId: agent.id,
              at,
              sequence: before + index + 1,
              from,
              to,
              configVersion: agent.version,
              reason,
            });
            return {
              topic: event._tag,
              partition,
              eventId: event.id,
              agentId: agent.id,
              payload: Event.encode(event),
              at,
            };
          }),
        );
        // The journal has it: what the bus drops, its readers find there. So nobody waits for a broker that is stuck.
        const tell = Effect.ignore(bus.publish(rows));
        yield* database.afterCommit(Effect.asVoid(Effect.forkDetach(tell, { startImmediately: true })));
      });

      const insert = Effect.fnUntraced(function* (
        { id, userId, seed, configuration }: Parameters<Agents["Service"]["create"]>[0],
        status: Machine.State,
      ) {
        const { name, mode, frequencySeconds, symbols, strategies, risk } = configuration;
        const capital = Money.formatFixed(configuration.capital, 2);
        yield* sql`
          insert into agents (id, user_id, name, mode, frequency_seconds, universe, strategy_ids, risk_profile,
            capital, is_enabled, status, seed)
          values (${id}::uuid, ${userId}::uuid, ${name}, ${mode}, ${frequencySeconds},
            ${PgTypes.jsonb({ symbols })}, ${PgTypes.jsonb(strategies.map(({ strategyId }) => strategyId))},
            ${PgTypes.jsonb(risk)}, ${capital}::numeric, ${Machine.isEnabled(status)}, ${status}, ${seed}::bigint)`;
        yield* writeStrategies(id, configuration);
        yield* writeVersion(id, seed, 1, configuration);
        yield* sql`
          insert into accounts (agent_id, cash, peak_equity, day_start_equity)
          values (${id}::uuid, ${capital}::numeric, ${capital}::numeric, ${capital}::numeric)`;
      });

      const create: Agents["Service"]["create"] = Effect.fn("Agents.create")((agent) =>
        database.transaction(
          Effect.gen(function* () {
            // A commit whose answer was lost is run again, and finds what it has made.
            const made = yield* Effect.catchTag(find(agent.userId, agent.id), "AgentNotFound", () =>
              Effect.succeed(null),
            );
            if (made !== null) return made;
            const status = agent.moves.at(-1)?.to ?? "CREATED";
            yield* insert(agent, status);
            yield* announce({ id: agent.id, version: 1 }, "CREATED", agent.moves);
            return yield* Effect.orDie(find(agent.userId, agent.id));
          }).pipe(orUnavailable),
        ),
      );

      const configure = Effect.fnUntraced(function* (agent: Agent, next: AgentSpec.Configuration) {
        const version = agent.version + 1;
        yield* capital.move(agent, next.capital);
        yield* sql`
          update agents set name = ${next.name}, frequency_seconds = ${next.frequencySeconds},
            universe = ${PgTypes.jsonb({ symbols: next.symbols })},
            strategy_ids = ${PgTypes.jsonb(next.strategies.map(({ strategyId }) => strategyId))},
            risk_profile = ${PgTypes.jsonb(next.risk)}, capital = ${Money.formatFixed(next.capital, 2)}::numeric,
            config_version = ${version}, updated_at = now()
          where id = ${agent.id}::uuid`;
        yield* writeStrategies(agent.id, next);
        yield* writeVersion(agent.id, agent.seed, version, next);
        return version;
      });

      const carryOut = Effect.fnUntraced(function* (agent: Agent, change: Change) {
        const version =
          change.configuration === undefined ? agent.version : yield* configure(agent, change.configuration);
        const moves = change.moves ?? [];
        const status = moves.at(-1)?.to ?? agent.status;
        if (moves.length > 0) {
          yield* sql`
            update agents set status = ${status}, is_enabled = ${Machine.isEnabled(status)},
              last_error = case when ${status} = 'ERROR' then last_error end, updated_at = now()
            where id = ${agent.id}::uuid`;
        }
        if (change.isArchived === true) {
          yield* sql`update agents set archived_at = now(), updated_at = now() where id = ${agent.id}::uuid`;
        }
        yield* announce({ id: agent.id, version }, agent.status, moves);
      });

      const change: Agents["Service"]["change"] = (userId, id, decide) =>
        database
          .transaction(
            Effect.gen(function* () {
              // The account first, as everyone who changes an agent's status or books.
              yield* sql`
                select 1 from accounts where agent_id = (
                  select id from agents where id = ${id}::uuid and user_id = ${userId}::uuid)
                for update`;
              const agent = yield* find(userId, id);
              const decided = yield* decide(agent);
              yield* carryOut(agent, decided);
              return decided.isArchived === true ? agent : yield* find(userId, id);
            }).pipe(orUnavailable),
          )
          .pipe(Effect.withSpan("Agents.change"));

      return Agents.of({
        find,
        create,
        change,
        list: Effect.fn("Agents.list")((userId, filter, slice) =>
          PgPage.read(
            sql,
            { time: "a.created_at", id: "a.id" },
            slice,
            Schema.Unknown,
            (parts) => sql<Row.Row>`
            select ${columns}, ${parts.place} from agents a
            where a.user_id = ${userId}::uuid and a.archived_at is null
              and ${filter.status === undefined ? sql`true` : sql`a.status = ${filter.status}`}
              and ${parts.isAfter} ${parts.end}`,
          ).pipe(
            Effect.flatMap((page) =>
              Effect.map(PgAgentRow.decode(page.items), (items) => ({ items, next: page.next })),
            ),
            orUnavailable,
          ),
        ),
        count: Effect.fn("Agents.count")(function* (userId: Id.UserId) {
          // Inserting an agent shares its user's row already; this waits for whoever else has counted.
          yield* sql`select 1 from users where id = ${userId}::uuid for no key update`;
          const rows = yield* sql<Row.Row>`
            select count(*) as count from agents where user_id = ${userId}::uuid and archived_at is null`;
          return rows[0] === undefined ? 0 : Row.number(rows[0], "count");
        }, orUnavailable),
        idsOf: Effect.fn("Agents.idsOf")(function* (userId: Id.UserId) {
          const rows = yield* sql<Row.Row>`select id from agents where user_id = ${userId}::uuid`;
          return rows.map((row) => Row.agentId(row, "id"));
        }, orUnavailable),
      });
    }),
  );
