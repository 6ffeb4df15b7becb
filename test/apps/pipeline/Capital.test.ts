import { assert, it } from "@effect/vitest";
import * as InProcessBus from "@strom/adapters/inprocess/InProcessBus.ts";
import * as MemoryAgents from "@strom/adapters/memory/MemoryAgents.ts";
import { MemoryConnection } from "@strom/adapters/memory/MemoryConnection.ts";
import * as MemoryDatabase from "@strom/adapters/memory/MemoryDatabase.ts";
import * as MemoryStores from "@strom/adapters/memory/MemoryStores.ts";
import * as PgAgents from "@strom/adapters/postgres/PgAgents.ts";
import * as PgLife from "@strom/adapters/postgres/PgLife.ts";
import * as Execution from "@strom/apps/pipeline/Execution.ts";
import * as Progress from "@strom/apps/pipeline/Progress.ts";
import * as Publisher from "@strom/apps/pipeline/Publisher.ts";
import * as Risk from "@strom/apps/pipeline/Risk.ts";
import * as Runtime from "@strom/apps/pipeline/Runtime.ts";
import * as Scheduler from "@strom/apps/pipeline/Scheduler.ts";
import * as Stage from "@strom/apps/pipeline/Stage.ts";
import { Catalog } from "@strom/core";
import type {
  Agent,
  AgentRoster,
  EventBus,
  ExecutionStore,
  RiskStore,
  Shelf,
  Timeline,
  Users,
} from "@strom/core/ports";
import { Agents, Database, Journal, PriceBook, RuntimeStore, Verify } from "@strom/core/ports";
import type { Scope } from "effect";
import { Context, Effect, Fiber, Latch, Layer, Logger } from "effect";
import { describe } from "vitest";
import * as Databases from "../../adapters/postgres/Databases.ts";
import { requires } from "../../servers/Needs.ts";
import * as Postgres from "../../servers/Postgres.ts";
import { Chance } from "./Chance.ts";
import * as House from "./House.ts";

const catalog = Catalog.make([...Catalog.builtIn, Chance]);
const BEGIN_AT = Date.UTC(2026, 2, 1, 12, 0, 0);

/** Where two transactions are held, so that each is in the midst of the other. */
class Gates extends Context.Service<
  Gates,
  {
    /** The runtime has read the agent and decided; it has yet to write its run. */
    readonly decided: Latch.Latch;
    readonly write: Latch.Latch;
    /** The agent's owner has changed its capital; the change has yet to be told and committed. */
    readonly changed: Latch.Latch;
    readonly tell: Latch.Latch;
  }
>()("strom/test/pipeline/Gates") {}

const gates = Layer.sync(Gates, () =>
  Gates.of({
    decided: Latch.makeUnsafe(false),
    write: Latch.makeUnsafe(true),
    changed: Latch.makeUnsafe(false),
    tell: Latch.makeUnsafe(true),
  }),
);

const runtimeInNoHurry = Layer.effect(
  RuntimeStore,
  Effect.gen(function* () {
    const store = yield* RuntimeStore;
    const { decided, write } = yield* Gates;
    return RuntimeStore.of({
      ...store,
      save: (records) => decided.open.pipe(Effect.andThen(write.await), Effect.andThen(store.save(records))),
    });
  }),
);

const journalInNoHurry = Layer.effect(
  Journal,
  Effect.gen(function* () {
    const journal = yield* Journal;
    const { changed, tell } = yield* Gates;
    return Journal.of({
      ...journal,
      append: (entries) =>
        changed.open.pipe(Effect.andThen(tell.await), Effect.andThen(journal.append(entries))),
    });
  }),
);

/** Answers what is wrong with the books; null when nothing is. */
class Audit extends Context.Service<Audit, { readonly ask: Effect.Effect<string | null, unknown> }>()(
  "strom/test/pipeline/Audit",
) {}

const verified = Layer.effect(
  Audit,
  Effect.map(Verify, (verify) =>
    Audit.of({
      ask: Effect.map(verify.everything(catalog), (found) => ("message" in found ? found.message : null)),
    }),
  ),
);

/** Lives each agent's life again from what its runs recorded, and compares where its books came to stand. */
const livedAgain = Layer.effect(
  Audit,
  Effect.map(MemoryConnection, ({ ask }) =>
    Audit.of({
      ask: ask("audit", (record) => {
        for (const { id: agentId, capital } of record.agents.values()) {
          const life = PgLife.make(catalog, (version) => {
            const spec = record.versions.get(`${agentId}/${version}`);
            if (spec === undefined) throw new Error(`no version ${version}`);
            return spec;
          });
          for (const own of record.runs.values()) {
            if (!("run" in own) || own.run.agentId !== agentId) continue;
            const { run, configVersion: version, warmup } = own;
            const standing = { status: "RUNNING", isEnabled: true } as const;
            const inputs = { observations: run.observations, warmup };
            const { outcome } = life.live({ beat: run, version, standing, inputs });
            const found = [...record.snapshots.values()].find(
              ({ kind, slot, agentId: of }) => kind === "RUN" && slot === run.slot && of === agentId,
            );
            const equity = outcome.review.snapshot.equity;
            if (found?.snapshot.equity !== equity)
              return `slot ${run.slot} was marked at ${found?.snapshot.equity}, should be ${equity}`;
          }
          const books = record.accounts.get(agentId)?.account.capital;
          if (books !== capital) return `the books are of ${books}, the agent of ${capital}`;
        }
        return null;
      }),
    }),
  ),
);

const onPostgres = (client: Parameters<typeof House.over>[0]) =>
  Layer.mergeAll(
    runtimeInNoHurry,
    verified,
    Layer.fresh(PgAgents.layer).pipe(Layer.provide(journalInNoHurry)),
  ).pipe(Layer.provideMerge(Layer.merge(House.over(client), gates)));

const inMemory = Layer.mergeAll(
  runtimeInNoHurry,
  livedAgain,
  Layer.fresh(MemoryAgents.layer).pipe(Layer.provide(journalInNoHurry)),
  Publisher.layer(Publisher.embedded),
).pipe(
  Layer.provideMerge(Layer.merge(MemoryStores.layer, gates)),
  Layer.provideMerge(
    Layer.mergeAll(
      InProcessBus.layer,
      MemoryDatabase.layer({ partitions: 4, now: Date.now }),
      House.timeline,
      Logger.layer([]),
    ),
  ),
);

const wish: House.Wish = {
  name: "rich",
  symbols: ["A"],
  strategies: [{ key: "chance", params: { salt: 1, rate: 1 } }],
  risk: { cooldown_seconds: 0, max_risk_per_trade_pct: 1 },
};

const halved = (agent: Agent) =>
  House.configuration(catalog, { ...wish, name: agent.name, capital: "50000" });

/** Waits for what comes at once unless it is held up. */
const unlessHeldUp = Effect.timeoutOption("2 seconds");

const begin = Effect.gen(function* () {
  const hand = yield* House.Hand;
  const { partitions } = yield* Database;
  yield* hand.set(BEGIN_AT);
  const agent = yield* House.runningAgent(catalog, wish);
  const places = Array.from({ length: partitions }, (_, place) => place);
  const journal = yield* Journal;
  // Who has begun to read is waited for.
  for (const partition of places)
    for (const cursor of [
      { stage: "risk", topic: "agent.run", partition },
      { stage: "execution", topic: "order.intent", partition },
    ])
      yield* journal.position(cursor);
  const scheduler = yield* Scheduler.make;
  yield* scheduler.refresh;
  const book = yield* PriceBook;
  const second = Effect.fnUntraced(function* (n: number) {
    const at = BEGIN_AT + n * 1000;
    yield* book.append([{ symbol: "A", at: at - 700, price: 100 + n, volume: 1 }], "test");
    yield* hand.set(at);
    yield* scheduler.refresh;
    yield* scheduler.tick(at);
  });
  return {
    agent,
    second,
    runtime: Effect.forkScoped(Stage.run(yield* Runtime.make(catalog), places)),
    rest: Effect.all([
      Effect.forkScoped(Stage.run(yield* Risk.make, places)),
      Effect.forkScoped(Stage.run(yield* Execution.make, places)),
    ]),
  };
});

type Rooms =
  | AgentRoster
  | Agents
  | Audit
  | Database
  | EventBus
  | ExecutionStore
  | Gates
  | House.Hand
  | Journal
  | PriceBook
  | Publisher.Publisher
  | RiskStore
  | RuntimeStore
  | Shelf
  | Timeline
  | Users;

const suite = <E>(name: string, layer: Layer.Layer<Rooms, E>): void => {
  const cased = <A, F>(effect: Effect.Effect<A, F, Rooms | Scope.Scope>) =>
    effect.pipe(Effect.scoped, Effect.provide(Layer.fresh(layer)));

  describe(`${name}: capital`, () => {
    it.live("is not changed while a run of the agent is being decided", () =>
      cased(
        Effect.gen(function* () {
          const { decided, write } = yield* Gates;
          const agents = yield* Agents;
          const { agent, second, runtime, rest } = yield* begin;
          const change = agents.change(agent.userId, agent.id, () =>
            Effect.succeed({ configuration: halved(agent) }),
          );
          yield* write.close;
          yield* runtime;
          yield* second(2);
          yield* decided.await;
          // What its owner does, one request after the other.
          const changing = yield* agents
            .change(agent.userId, agent.id, () =>
              Effect.succeed({ moves: [{ to: "STOPPED" as const, reason: "test" }] }),
            )
            .pipe(Effect.andThen(Effect.result(change)), Effect.forkChild);
          yield* unlessHeldUp(Fiber.await(changing));
          yield* write.open;
          const changed = yield* Fiber.join(changing);
          yield* rest;
          yield* Progress.caughtUp;
          assert.isNull(yield* (yield* Audit).ask);
          assert.strictEqual(changed._tag === "Failure" ? changed.failure._tag : "changed", "StillSettling");
          assert.strictEqual((yield* change).capital, halved(agent).capital);
          assert.isNull(yield* (yield* Audit).ask);
        }),
      ),
    );

    it.live("that is being changed is what a run goes by that is decided meanwhile", () =>
      cased(
        Effect.gen(function* () {
          const { changed, decided, tell } = yield* Gates;
          const agents = yield* Agents;
          const { agent, second, runtime, rest } = yield* begin;
          yield* second(2);
          yield* changed.close;
          yield* tell.close;
          const changing = yield* agents
            .change(agent.userId, agent.id, () =>
              Effect.succeed({
                configuration: halved(agent),
                moves: [{ to: "RUNNING" as const, reason: "changed: capital" }],
              }),
            )
            .pipe(Effect.forkChild);
          yield* changed.await;
          yield* runtime;
          yield* rest;
          yield* unlessHeldUp(decided.await);
          yield* tell.open;
          yield* Fiber.join(changing);
          yield* Progress.caughtUp;
          assert.isNull(yield* (yield* Audit).ask);
        }),
      ),
    );
  });
};

suite("in memory", inMemory);
// The embedded database has one connection, so that there nobody is ever in the midst of another.
requires("postgres", "two transactions at once", () =>
  suite(
    "on a Postgres server",
    onPostgres(Databases.serverClient.pipe(Layer.provide(Postgres.layer({ fsync: false })))),
  ),
);
