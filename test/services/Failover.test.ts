import { assert, it } from "@effect/vitest";
import * as PgServer from "@strom/adapters/postgres/PgServer.ts";
import * as Execution from "@strom/apps/pipeline/Execution.ts";
import * as Risk from "@strom/apps/pipeline/Risk.ts";
import * as Runtime from "@strom/apps/pipeline/Runtime.ts";
import * as Scheduler from "@strom/apps/pipeline/Scheduler.ts";
import * as Stage from "@strom/apps/pipeline/Stage.ts";
import { Catalog, Event } from "@strom/core";
import {
  Database,
  DatabaseReplaced,
  DatabaseUnavailable,
  Journal,
  PriceBook,
  Verify,
} from "@strom/core/ports";
import { Effect, Exit, Fiber, Layer, Redacted, Schedule } from "effect";
import { SqlClient } from "effect/sql";
import * as House from "../apps/pipeline/House.ts";
import { requires } from "../servers/Needs.ts";
import * as Postgres from "../servers/Postgres.ts";

const catalog = Catalog.make(Catalog.builtIn);
const BEGIN_AT = Date.UTC(2026, 2, 1, 12, 0, 0);

const stage = Effect.fnUntraced(function* (definition: Stage.Definition) {
  const { partitions } = yield* Database;
  const places = Array.from({ length: partitions }, (_, place) => place);
  return yield* Stage.run(definition, places, { ...Stage.standard, quietMs: 200 });
});

/** Again and again until it is so; what is not so by then fails with what was found. */
const eventually = <A, E, R>(look: Effect.Effect<A, E, R>, isSo: (found: A) => boolean) =>
  look.pipe(
    Effect.flatMap((found) => (isSo(found) ? Effect.succeed(found) : Effect.fail(found))),
    Effect.retry({ schedule: Schedule.spaced("100 millis").pipe(Schedule.upTo({ duration: "40 seconds" })) }),
  );

const statuses = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  const rows = yield* sql<{ readonly status: string }>`select status from orders`;
  return rows.map(({ status }) => status).join();
});

/** An agent that was ticked twice, and wants to buy. */
const begin = Effect.gen(function* () {
  const hand = yield* House.Hand;
  const book = yield* PriceBook;
  yield* hand.set(BEGIN_AT);
  yield* House.runningAgent(catalog, {
    name: "mine",
    symbols: ["A"],
    strategies: [{ key: "buy_and_hold", params: {} }],
    risk: { cooldown_seconds: 0, max_risk_per_trade_pct: 5 },
  });
  const scheduler = yield* Scheduler.make;
  yield* scheduler.refresh;
  for (const second of [0, 1]) {
    yield* book.append([{ symbol: "A", at: BEGIN_AT + second * 1000 + 200, price: 100, volume: null }], "t");
    yield* hand.set(BEGIN_AT + (second + 1) * 1000);
    yield* scheduler.tick(BEGIN_AT + (second + 1) * 1000);
  }
});

requires("postgres", "a replica that takes the place of a server, a commit behind it", () => {
  it.live(
    "gets every order filled that it knows of, and is told to begin anew",
    () =>
      Effect.gen(function* () {
        const server = yield* Postgres.scoped();
        const url = Redacted.make(yield* Effect.promise(() => server.createDatabase()));
        yield* Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient;
          const journal = yield* Journal;
          const database = yield* Database;
          const verify = yield* Verify;
          const partition = Event.partition(House.agentId("mine"), database.partitions);
          const ran = { stage: "risk", topic: "agent.run", partition };
          const intents = { stage: "execution", topic: "order.intent", partition };
          yield* begin;
          const replaced = yield* Effect.forkScoped(Effect.flip(database.replaced));
          const runtime = yield* Effect.forkScoped(stage(yield* Runtime.make(catalog)));
          yield* eventually(journal.head(ran.topic, partition), (head) => head > 0);
          yield* Fiber.interrupt(runtime);
          const takeOver = yield* Effect.promise(() => server.replicate());
          yield* eventually(Effect.exit(journal.position(intents)), Exit.isSuccess);
          yield* Effect.forkScoped(stage(yield* Execution.make));

          // What follows the replica never gets: an intent, of which the execution hears, and cannot fill any more.
          const held = sql`select 1 from cursors where stage = 'execution' for update`;
          yield* Effect.forkScoped(Effect.exit(sql.withTransaction(Effect.andThen(held, Effect.never))));
          const risk = yield* Effect.forkScoped(stage(yield* Risk.make));
          yield* eventually(statuses, (found) => found === "INTENT");
          yield* Fiber.interrupt(risk);
          yield* Effect.sleep("500 millis");
          yield* Effect.promise(takeOver);

          const refused = yield* eventually(
            Effect.flip(database.pulse),
            ({ sqlState }) => sqlState === "25006",
          );
          assert.instanceOf(refused, DatabaseUnavailable);
          const write = Effect.flip(database.transaction(journal.position({ ...ran, stage: "another" })));
          assert.strictEqual((yield* write).sqlState, "25006");
          yield* Effect.promise(() => server.execute("select pg_promote()"));

          const told = yield* Fiber.join(replaced);
          assert.instanceOf(told, DatabaseReplaced);
          assert.match(told.message, /timeline 00000002, 00000001 before/);
          assert.strictEqual(yield* statuses, "");
          // Whoever is still at work until it ends does no harm.
          yield* Effect.sleep("2 seconds");
          assert.strictEqual(yield* journal.position(intents), 0);
          yield* Effect.forkScoped(stage(yield* Risk.make));
          yield* eventually(statuses, (found) => found === "FILLED");
          assert.isNull(yield* verify.identities);

          // Whoever begins anew passes over what the broker holds of the lost history.
          const { epoch } = yield* Database.pipe(
            Effect.provide(Layer.fresh(House.over(PgServer.layer({ url })))),
          );
          assert.strictEqual(epoch, `${database.epoch}-00000002`);
        }).pipe(Effect.scoped, Effect.provide(House.over(PgServer.layer({ url, maxConnections: 12 }))));
      }).pipe(Effect.scoped),
    120_000,
  );
});
