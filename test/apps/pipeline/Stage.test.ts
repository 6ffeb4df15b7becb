import { assert, describe, it } from "@effect/vitest";
import * as Progress from "@strom/apps/pipeline/Progress.ts";
import * as Risk from "@strom/apps/pipeline/Risk.ts";
import * as Runtime from "@strom/apps/pipeline/Runtime.ts";
import * as Scheduler from "@strom/apps/pipeline/Scheduler.ts";
import * as Stage from "@strom/apps/pipeline/Stage.ts";
import { Catalog, Event, Strategy } from "@strom/core";
import { Agents, Database, DatabaseUnavailable, EventBus, Journal, PriceBook } from "@strom/core/ports";
import { Effect, Layer, Schema, Stream } from "effect";
import { SqlClient } from "effect/sql";
import { forgetful, unruly } from "./BadBus.ts";
import * as House from "./House.ts";

const BEGIN_AT = Date.UTC(2026, 2, 1, 12, 0, 0);

/** Speaks never, and breaks on a price below its threshold. */
const Brittle = Strategy.make({
  key: "brittle",
  name: "Brittle",
  description: "Breaks on a low price.",
  params: Schema.Struct({ floor: Schema.Finite }),
  warmup: () => 1,
  init: () => ({ bars: 0 }),
  step: ({ floor }, state, bar) => {
    if (bar.close < floor) throw new RangeError(`${bar.close} is below ${floor}`);
    return [{ bars: state.bars + 1 }, null];
  },
});
const catalog = Catalog.make([...Catalog.builtIn, Brittle]);

const brittle = (name: string, floor: number): House.Wish => ({
  name,
  symbols: ["A"],
  strategies: [{ key: "brittle", params: { floor } }],
});

const everyPartition = Effect.map(Database, ({ partitions }) =>
  Array.from({ length: partitions }, (_, i) => i),
);

const quick: Stage.Options = { ...Stage.standard, quietMs: 100 };

/** One second of a market at a price, ticked. */
const second = Effect.fnUntraced(function* (scheduler: Scheduler.Scheduler, n: number, price: number) {
  const book = yield* PriceBook;
  const hand = yield* House.Hand;
  yield* book.append([{ symbol: "A", at: BEGIN_AT + n * 1000 + 200, price, volume: null }], "test");
  yield* hand.set(BEGIN_AT + (n + 1) * 1000);
  yield* scheduler.refresh;
  yield* scheduler.tick(BEGIN_AT + (n + 1) * 1000);
});

const begin = Effect.gen(function* () {
  const hand = yield* House.Hand;
  yield* hand.set(BEGIN_AT);
  const scheduler = yield* Scheduler.make;
  yield* scheduler.refresh;
  return scheduler;
});

const runsOf = Effect.fnUntraced(function* (agentId: string) {
  const sql = yield* SqlClient.SqlClient;
  return yield* sql<{ readonly status: string; readonly error_message: string | null }>`
    select status, error_message from agent_runs where agent_id = ${agentId}::uuid order by slot`;
});

/** How many fresh bars the runs saw, and how many the strategy remembers: the same, when nothing was done twice. */
const barsSeenAndLearned = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  const rows = yield* sql<{ readonly seen: number; readonly learned: number }>`
    select (select count(*)::int from agent_runs where (inputs #>> '{observations,0,bar,ticks}')::int > 0) as seen,
      (select sum((state ->> 'bars')::int)::int from strategy_states) as learned`;
  return rows[0] ?? { seen: 0, learned: -1 };
});

/** A database that commits and does not come to say so, every third time. */
const mute = Effect.map(Database, (database) => {
  let turn = 0;
  const lost = new DatabaseUnavailable({ message: "the connection was lost", sqlState: null, cause: "test" });
  const transaction: (typeof database)["transaction"] = (step) =>
    Effect.tap(database.transaction(step), () => {
      turn += 1;
      return turn % 3 === 0 ? Effect.fail(lost) : Effect.void;
    });
  return Database.of({ ...database, transaction });
});

describe("a stage", () => {
  it.live(
    "asks its cursor when a commit never answered, and does nothing twice",
    () =>
      Effect.gen(function* () {
        const agent = yield* House.runningAgent(catalog, brittle("half heard", 0));
        const sound = yield* begin;
        const runtime = yield* Runtime.make(catalog);
        yield* Effect.forkScoped(
          Stage.run(runtime, yield* everyPartition, quick).pipe(Effect.provideService(Database, yield* mute)),
        );
        for (let n = 0; n < 12; n++) {
          yield* second(sound, n, 100);
          yield* Effect.sleep(20);
        }
        yield* Progress.caughtUp;
        const runs = yield* runsOf(agent.id);
        assert.isAtLeast(runs.length, 11);
        const sql = yield* SqlClient.SqlClient;
        assert.deepStrictEqual(yield* sql`select * from dead_letters`, []);
        const { seen, learned } = yield* barsSeenAndLearned;
        assert.strictEqual(learned, seen);
      }).pipe(Effect.scoped, Effect.provide(House.layer)),
    60_000,
  );

  it.live("runs every event once over a bus that drops, repeats and reorders", () =>
    Effect.gen(function* () {
      const agents = [];
      for (let i = 0; i < 6; i++) agents.push(yield* House.runningAgent(catalog, brittle(`agent ${i}`, 0)));
      const scheduler = yield* begin;
      yield* Effect.forkScoped(Stage.run(yield* Runtime.make(catalog), yield* everyPartition, quick));
      for (let n = 0; n < 12; n++) yield* second(scheduler, n, 100 + n);
      yield* Progress.caughtUp;
      for (const agent of agents) assert.isAtLeast((yield* runsOf(agent.id)).length, 11, agent.name);
      const sql = yield* SqlClient.SqlClient;
      const counted = yield* sql<{ readonly ticks: number; readonly runs: number }>`
        select (select count(*)::int from journal where topic = 'agent.tick') as ticks,
          (select count(*)::int from agent_runs) as runs`;
      assert.strictEqual(counted[0]?.runs, counted[0]?.ticks);
    }).pipe(
      Effect.scoped,
      Effect.provide(House.over(House.client, (bus) => unruly.pipe(Layer.provide(bus)))),
    ),
  );

  it.live("loses nothing that is told while it reads the journal", () =>
    Effect.gen(function* () {
      const agent = yield* House.runningAgent(catalog, brittle("told meanwhile", 0));
      const scheduler = yield* begin;
      const journal = yield* Journal;
      const { partitions } = yield* Database;
      const own = Event.partition(agent.id, partitions);
      const context = yield* Effect.context<Effect.Services<ReturnType<typeof second>>>();
      let reads = 0;
      /** What it answers is from before the tick, which the bus has brought by the time it answers. */
      const slow = Journal.of({
        ...journal,
        read: (topic, partition, from, limit) =>
          Effect.tap(journal.read(topic, partition, from, limit), () =>
            partition === own && reads++ === 0
              ? second(scheduler, 1, 100).pipe(
                  Effect.andThen(Effect.sleep(100)),
                  Effect.provideContext(context),
                )
              : Effect.void,
          ),
      });
      const patient = { ...quick, quietMs: 60_000 };
      yield* Stage.run(yield* Runtime.make(catalog), yield* everyPartition, patient).pipe(
        Effect.provideService(Journal, slow),
        Effect.forkScoped,
      );
      for (let n = 0; n < 200 && (yield* runsOf(agent.id)).length === 0; n++) yield* Effect.sleep(50);
      assert.strictEqual((yield* runsOf(agent.id)).length, 1);
    }).pipe(Effect.scoped, Effect.provide(House.layer)),
  );

  it.live("finds what the bus lost of one partition while it is busy with another", () =>
    Effect.gen(function* () {
      const often = yield* House.runningAgent(catalog, brittle("often", 0));
      const once = yield* House.runningAgent(catalog, { ...brittle("once", 0), frequencySeconds: 20 });
      const { partitions } = yield* Database;
      assert.notStrictEqual(Event.partition(often.id, partitions), Event.partition(once.id, partitions));
      const scheduler = yield* begin;
      // A stage begins with the journal; what is lost later is what counts. It is never idle as long as this.
      const patient = { ...quick, quietMs: 400 };
      yield* Effect.forkScoped(Stage.run(yield* Runtime.make(catalog), yield* everyPartition, patient));
      let found = 0;
      for (let n = 0; n < 300 && found < 3; n++) {
        yield* second(scheduler, n, 100);
        found = (yield* runsOf(once.id)).length;
      }
      assert.isAtLeast(found, 3);
    }).pipe(
      Effect.scoped,
      Effect.provide(House.over(House.client, (bus) => forgetful("once").pipe(Layer.provide(bus)))),
    ),
  );

  it.live(
    "is fenced by its cursor: two at work on the same partitions do nothing twice",
    () =>
      Effect.gen(function* () {
        const agent = yield* House.runningAgent(catalog, brittle("watched by two", 0));
        const scheduler = yield* begin;
        const partitions = yield* everyPartition;
        yield* Effect.forkScoped(Stage.run(yield* Runtime.make(catalog), partitions, quick));
        yield* Effect.forkScoped(Stage.run(yield* Runtime.make(catalog), partitions, quick));
        for (let n = 0; n < 30; n++) yield* second(scheduler, n, 100);
        yield* Progress.caughtUp;
        const runs = yield* runsOf(agent.id);
        assert.isAtLeast(runs.length, 29);
        assert.isTrue(runs.every(({ status }) => status === "COMPLETED"));
        const sql = yield* SqlClient.SqlClient;
        assert.deepStrictEqual(yield* sql`select * from dead_letters`, []);
        const states = yield* sql<{
          readonly bars: number;
        }>`select (state ->> 'bars')::int as bars from strategy_states`;
        assert.deepStrictEqual(
          states.map(({ bars }) => bars),
          [runs.length],
        );
      }).pipe(Effect.scoped, Effect.provide(House.layer)),
    60_000,
  );

  it.live(
    "that is away for long finds no endless queue: slots beyond it are missed, and counted",
    () =>
      Effect.gen(function* () {
        const agent = yield* House.runningAgent(catalog, brittle("waits in vain", 0));
        const scheduler = yield* begin;
        const places = yield* everyPartition;
        // Risk too: what it does not get round to holds ticks back as well.
        const stages = [yield* Runtime.make(catalog), yield* Risk.make];
        const work = Effect.all(
          stages.map((stage) => Stage.run(stage, places, quick)),
          { concurrency: 2 },
        );
        const tickUntil = Effect.fnUntraced(function* (from: number, to: number) {
          for (let n = from; n < to; n++) {
            yield* scheduler.look;
            yield* second(scheduler, n, 100);
          }
        });
        yield* Effect.scoped(
          Effect.gen(function* () {
            yield* Effect.forkScoped(work);
            yield* tickUntil(0, 2);
            while ((yield* runsOf(agent.id)).length < 2) yield* Effect.sleep(10);
          }),
        );
        yield* tickUntil(2, 100);
        const sql = yield* SqlClient.SqlClient;
        const ticks = sql<{ readonly ticks: number; readonly missed: number }>`
          select count(*)::int as ticks, (select missed_ticks::int from accounts where agent_id = ${agent.id}::uuid) as missed
          from journal where topic = 'agent.tick' and agent_id = ${agent.id}::uuid`;
        const away = (yield* ticks)[0];
        assert.isAtLeast(away?.ticks ?? 0, 64);
        assert.isBelow(away?.ticks ?? 0, 70);
        yield* Effect.forkScoped(work);
        yield* Progress.caughtUp;
        yield* tickUntil(100, 102);
        yield* Progress.caughtUp;
        const back = (yield* ticks)[0];
        assert.strictEqual(back?.ticks, (away?.ticks ?? 0) + 2);
        // Every slot since the first tick was ticked or counted.
        assert.closeTo((back?.ticks ?? 0) + (back?.missed ?? 0), 102, 1);
        assert.strictEqual((yield* runsOf(agent.id)).length, back?.ticks);
      }).pipe(Effect.scoped, Effect.provide(House.layer)),
    60_000,
  );

  it.live(
    "two schedulers at once tick each slot once, and count no slot as missed",
    () =>
      Effect.gen(function* () {
        const agent = yield* House.runningAgent(catalog, brittle("ticked by two", 0));
        const hand = yield* House.Hand;
        yield* hand.set(BEGIN_AT);
        const [one, other] = [yield* Scheduler.make, yield* Scheduler.make];
        yield* one.refresh;
        yield* other.refresh;
        let fresh = 0;
        for (let n = 1; n <= 10; n++) {
          const nowAt = BEGIN_AT + n * 1000;
          const counts = yield* Effect.all([one.tick(nowAt), other.tick(nowAt)], { concurrency: 2 });
          fresh += counts[0] + counts[1];
        }
        const sql = yield* SqlClient.SqlClient;
        const ticks =
          yield* sql`select 1 from journal where topic = 'agent.tick' and agent_id = ${agent.id}::uuid`;
        assert.strictEqual(ticks.length, fresh);
        // A pause: only the newest slot is ticked, the others are counted, once.
        const counts = yield* Effect.all([one.tick(BEGIN_AT + 15_000), other.tick(BEGIN_AT + 15_000)]);
        assert.strictEqual(counts[0] + counts[1], 1);
        const missed = yield* sql<{
          readonly missed: number;
        }>`select missed_ticks::int as missed from accounts`;
        assert.deepStrictEqual(
          missed.map((row) => row.missed),
          [4],
        );
      }).pipe(Effect.scoped, Effect.provide(House.layer)),
    60_000,
  );

  it.live(
    "puts a poisoned event aside and goes on; five in a row stop that agent and no other",
    () =>
      Effect.gen(function* () {
        const sound = yield* House.runningAgent(catalog, brittle("sound", 0));
        const poisoned = yield* House.runningAgent(catalog, brittle("poisoned", 50));
        const scheduler = yield* begin;
        yield* Effect.forkScoped(Stage.run(yield* Runtime.make(catalog), yield* everyPartition, quick));
        const changes: Array<Event.Event> = [];
        const bus = yield* EventBus;
        yield* bus.watch(["agent.changed"]).pipe(
          Stream.runForEach((row) =>
            Effect.sync(() => {
              const event = Event.decode(row.payload);
              if (event._tag === "Success") changes.push(event.success);
            }),
          ),
          Effect.forkScoped,
        );
        // Four bad ones, a good one, and only then five in a row.
        const prices = [100, 100, 10, 10, 10, 10, 100, 10, 10, 10, 10, 10, 10, 10];
        for (const [n, price] of prices.entries()) {
          yield* second(scheduler, n, price);
          yield* Progress.caughtUp;
        }
        const good = yield* runsOf(sound.id);
        assert.isAtLeast(good.length, prices.length - 1);
        assert.isTrue(good.every(({ status }) => status === "COMPLETED"));

        const bad = yield* runsOf(poisoned.id);
        const failed = bad.filter(({ status }) => status === "FAILED");
        assert.strictEqual(failed.length, 9);
        assert.include(failed[0]?.error_message ?? "", "10 is below 50");
        const sql = yield* SqlClient.SqlClient;
        const letters = yield* sql<{
          readonly error: string;
          readonly stage: string;
        }>`select stage, error from dead_letters`;
        assert.strictEqual(letters.length, 9);
        assert.isTrue(
          letters.every(({ stage, error }) => stage === "runtime" && error.includes("RangeError")),
        );

        const agents = yield* Agents;
        const after = yield* agents.find(poisoned.userId, poisoned.id);
        assert.strictEqual(after.status, "ERROR");
        assert.isFalse(after.isEnabled);
        assert.include(after.lastError ?? "", "10 is below 50");
        const history = yield* sql<{ readonly to: string; readonly reason: string }>`
        select "to", reason from agent_transitions where agent_id = ${poisoned.id}::uuid order by id`;
        assert.include(history.at(-1)?.reason ?? "", "5 events in a row could not be processed by runtime");
        const told = () => changes.filter((event) => event._tag === "agent.changed" && event.to === "ERROR");
        while (told().length === 0) yield* Effect.sleep(10);
        yield* Effect.sleep(50);
        assert.strictEqual(told().length, 1);
        assert.strictEqual((yield* agents.find(sound.userId, sound.id)).status, "RUNNING");
      }).pipe(Effect.scoped, Effect.provide(House.layer)),
    60_000,
  );

  it.live(
    "finishes its batch when it is stopped, and takes up where it was",
    () =>
      Effect.gen(function* () {
        const agent = yield* House.runningAgent(catalog, brittle("handed over", 0));
        const scheduler = yield* begin;
        const runtime = yield* Runtime.make(catalog);
        const partitions = yield* everyPartition;
        for (let n = 0; n < 40; n++) {
          yield* second(scheduler, n, 100);
          // A life of a few milliseconds: stopped anywhere in a batch, or between two.
          yield* Stage.run(runtime, partitions, { ...quick, batchMax: 3 }).pipe(Effect.timeoutOption(n));
        }
        yield* Effect.forkScoped(Stage.run(runtime, partitions, quick));
        yield* Progress.caughtUp;
        const runs = yield* runsOf(agent.id);
        assert.isAtLeast(runs.length, 39);
        const journal = yield* Journal;
        const lags = (yield* journal.lag).filter(({ stage }) => stage === "runtime");
        assert.isTrue(lags.every(({ position, head }) => position === head));
      }).pipe(Effect.scoped, Effect.provide(House.layer)),
    60_000,
  );
});
