import { assert, describe, it } from "@effect/vitest";
import * as PgBooks from "@strom/adapters/postgres/PgBooks.ts";
import * as PgEmbedded from "@strom/adapters/postgres/PgEmbedded.ts";
import { Id } from "@strom/core";
import { Books } from "@strom/core/ports";
import { migrations } from "@strom/migrations/index.ts";
import { Deferred, Effect, Fiber, Layer } from "effect";
import { Migrator, SqlClient } from "effect/sql";
import { requires } from "../../servers/Needs.ts";
import * as Postgres from "../../servers/Postgres.ts";
import { serverClient } from "./Databases.ts";

type Migrations = { readonly [name: string]: (typeof migrations)[keyof typeof migrations] };

const migrate = (wanted: Migrations) =>
  Migrator.make({})({ loader: Migrator.fromRecord(wanted), table: "strom_migrations" });

/** As the database was before anything was counted. */
const old = migrate(Object.fromEntries(Object.entries(migrations).filter(([name]) => name < "0011")));

const born = Effect.fnUntraced(function* (name: string) {
  const sql = yield* SqlClient.SqlClient;
  const [userId, agentId] = [Id.derive("user", name) as Id.UserId, Id.derive("agent", name) as Id.AgentId];
  yield* sql`insert into users (id, email) values (${userId}::uuid, ${name})`;
  yield* sql`
    insert into agents (id, user_id, name, mode, frequency_seconds, universe, strategy_ids, risk_profile, capital)
    values (${agentId}::uuid, ${userId}::uuid, ${name}, 'paper', 1, '{"symbols": ["A"]}', '[]', '{}', 1000)`;
  yield* sql`
    insert into accounts (agent_id, cash, peak_equity, day_start_equity) values (${agentId}::uuid, 1000, 1000, 1000)`;
  return { userId, agentId };
});

/**
 * Slots of an agent, from one to before another, as the stages write them: of six one is rejected for its cooldown,
 * one for its exposure; two are filled and open, one is filled and wins, one is filled and loses.
 */
const lived = Effect.fnUntraced(function* (agents: ReadonlyArray<Id.AgentId>, from: number, to: number) {
  const sql = yield* SqlClient.SqlClient;
  const ids = agents.map((id) => `'${id}'::uuid`).join(", ");
  const id = (kind: string) => `md5('${kind}' || a || n)::uuid`;
  const source = `unnest(array[${ids}]) a, generate_series(${from}, ${to - 1}) n`;
  const write = (statement: string) => sql.unsafe(statement);
  yield* write(`insert into agent_runs (id, agent_id, tick_time, started_at, status, slot)
    select ${id("run")}, a, now(), now(), 'COMPLETED', n from ${source}`);
  yield* write(`insert into signals (id, agent_run_id, agent_id, symbol, side, confidence, rationale)
    select ${id("signal")}, ${id("run")}, a, 'A', 'BUY', 0.5, '{}' from ${source}`);
  yield* write(`insert into orders (id, agent_id, agent_run_id, symbol, side, qty, order_type, intent_idempotency_key,
      status, reject_reason, signal_id, slot)
    select ${id("order")}, a, ${id("run")}, 'A', 'BUY', 1, 'MARKET', a || ':' || n,
      case when n % 6 < 2 then 'REJECTED' else 'INTENT' end, case n % 6 when 0 then 'cooldown' when 1 then 'exposure' end,
      ${id("signal")}, n from ${source}`);
  yield* write(`insert into risk_decisions (intent_idempotency_key, order_id, signal_id, agent_id, agent_run_id, slot,
      verdict, code, rules, agent_status, at)
    select a || ':' || n, ${id("order")}, ${id("signal")}, a, ${id("run")}, n,
      case when n % 6 < 2 then 'REJECTED' else 'APPROVED' end, case n % 6 when 0 then 'cooldown' when 1 then 'exposure' end,
      '[]', 'RUNNING', now() from ${source}`);
  yield* write(`insert into trades (id, order_id, agent_id, symbol, side, qty, price, ts)
    select ${id("trade")}, ${id("order")}, a, 'A', 'BUY', 1, 10, now() from ${source} where n % 6 > 1`);
  yield* write(`insert into ledger_entries (agent_id, trade_id, leg, account, amount, at)
    select a, ${id("trade")}, leg, case leg when 1 then 'cash' else 'realized_pnl' end,
      case n % 6 when 4 then -5 when 5 then 7 else 0 end * (leg - 2), now()
    from ${source}, unnest(array[1, 3]) leg where n % 6 > 1`);
});

const countsOf = Effect.fnUntraced(function* (owned: {
  readonly userId: Id.UserId;
  readonly agentId: Id.AgentId;
}) {
  const { fills, closing_fills, winning_fills, rejections } = yield* (yield* Books).standing(owned);
  return { fills, closing_fills, winning_fills, rejections };
});

/** What so many times six slots come to. */
const times = (n: number) => ({
  fills: 4 * n,
  closing_fills: 2 * n,
  winning_fills: n,
  rejections: n === 0 ? {} : { cooldown: n, exposure: n },
});

const suite = (client: Layer.Layer<SqlClient.SqlClient, unknown>): void => {
  const record = PgBooks.layer.pipe(Layer.provideMerge(client));

  it.live("begin with the history of a database that is older than they are, and go on from there", () =>
    Effect.gen(function* () {
      yield* old;
      const [one, other] = [yield* born("one"), yield* born("other")];
      yield* lived([one.agentId], 0, 60);
      yield* migrate(migrations);
      assert.deepStrictEqual(yield* countsOf(one), times(10));
      assert.deepStrictEqual(yield* countsOf(other), times(0));
      yield* lived([one.agentId, other.agentId], 60, 72);
      assert.deepStrictEqual(yield* countsOf(one), times(12));
      assert.deepStrictEqual(yield* countsOf(other), times(2));
    }).pipe(Effect.provide(record)),
  );

  it.live("are taken back with the rows of a step that fails", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient;
      yield* migrate(migrations);
      const one = yield* born("one");
      yield* lived([one.agentId], 0, 6);
      yield* Effect.flip(
        sql.withTransaction(Effect.andThen(lived([one.agentId], 6, 12), sql`select 1 / 0 as never`)),
      );
      assert.deepStrictEqual(yield* countsOf(one), times(1));
    }).pipe(Effect.provide(record)),
  );

  it.live("are told without reading what they count, however much that is", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient;
      yield* migrate(migrations);
      const one = yield* born("one");
      yield* lived([one.agentId], 0, 6);
      for (const table of ["ledger_entries", "trades", "risk_decisions"])
        yield* sql.unsafe(`alter table ${table} rename to ${table}_away`);
      assert.deepStrictEqual(yield* countsOf(one), times(1));
    }).pipe(Effect.provide(record)),
  );
};

describe("the counts of an agent, on PGlite", () => suite(PgEmbedded.layerTemporary));

requires("postgres", "the counts of an agent, on a Postgres server", () => {
  const client = serverClient.pipe(Layer.provide(Postgres.layer({ fsync: false })));
  suite(client);

  it.live("miss nothing that an older process is writing while the database is migrated", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient;
      yield* old;
      const one = yield* born("one");
      const isWritten = yield* Deferred.make<void>();
      const writing = yield* Effect.forkChild(
        sql.withTransaction(
          Effect.gen(function* () {
            yield* lived([one.agentId], 0, 6);
            yield* Deferred.succeed(isWritten, undefined);
            yield* Effect.sleep(300);
          }),
        ),
      );
      yield* Deferred.await(isWritten);
      const migrating = yield* Effect.forkChild(migrate(migrations));
      yield* Effect.sleep(100);
      yield* sql.withTransaction(lived([one.agentId], 6, 12));
      yield* Fiber.join(writing);
      yield* Fiber.join(migrating);
      assert.deepStrictEqual(yield* countsOf(one), times(2));
    }).pipe(Effect.provide(PgBooks.layer.pipe(Layer.provideMerge(client)))),
  );
});
