import { assert, describe, it } from "@effect/vitest";
import * as Runtime from "@strom/apps/pipeline/Runtime.ts";
import * as Scheduler from "@strom/apps/pipeline/Scheduler.ts";
import * as Stage from "@strom/apps/pipeline/Stage.ts";
import { Catalog, Strategy } from "@strom/core";
import { Database, DatabaseUnavailable, Journal, PriceBook } from "@strom/core/ports";
import { Effect, Fiber, Schema } from "effect";
import { SqlClient } from "effect/sql";
import * as House from "./House.ts";

const BEGIN_AT = Date.UTC(2026, 2, 1, 12, 0, 0);

const Calm = Strategy.make({
  key: "calm",
  name: "Calm",
  description: "Counts bars and says nothing.",
  params: Schema.Struct({}),
  warmup: () => 1,
  init: () => ({ bars: 0 }),
  step: (_, { bars }) => [{ bars: bars + 1 }, null],
});
const catalog = Catalog.make([Calm]);

const calm = (n: number) =>
  House.runningAgent(catalog, {
    name: `calm ${n}`,
    symbols: ["A"],
    strategies: [{ key: "calm", params: {} }],
  });

/** Ticks everybody, a second further each time. */
const clockwork = Effect.gen(function* () {
  const hand = yield* House.Hand;
  const book = yield* PriceBook;
  yield* hand.set(BEGIN_AT);
  const scheduler = yield* Scheduler.make;
  yield* scheduler.refresh;
  let n = 0;
  return Effect.gen(function* () {
    n += 1;
    yield* book.append([{ symbol: "A", at: BEGIN_AT + n * 1_000 - 800, price: 100, volume: null }], "test");
    yield* hand.set(BEGIN_AT + n * 1_000);
    yield* scheduler.tick(BEGIN_AT + n * 1_000);
  });
});

const rowsOf = (text: string) => Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(text));

const runsUntil = (count: number) =>
  rowsOf("select 1 from agent_runs").pipe(
    Effect.repeat({ until: (rows) => rows.length >= count }),
    Effect.timeout("50 seconds"),
  );

const partitions = Effect.map(Database, (database) =>
  Array.from({ length: database.partitions }, (_, place) => place),
);

describe("a stage at work", () => {
  it.live(
    "passes over nothing when partitions join one after the other",
    () =>
      Effect.gen(function* () {
        for (let n = 0; n < 40; n++) yield* calm(n);
        const second = yield* clockwork;
        const journal = yield* Journal;
        // Postgres some milliseconds away, as over a network: partitions join while it is being asked.
        const far = Journal.of({
          ...journal,
          position: (cursor) => Effect.delay(journal.position(cursor), 4),
          read: (topic, place, from, limit) => Effect.delay(journal.read(topic, place, from, limit), 4),
        });
        const desk = yield* Stage.open(yield* Runtime.make(catalog), {
          ...Stage.standard,
          quietMs: 300,
        }).pipe(Effect.provideService(Journal, far));
        const places = yield* partitions;
        for (const place of places.slice(0, 4)) yield* Effect.forkScoped(desk.work(place));
        const ticking = yield* Effect.forkScoped(Effect.forever(Effect.delay(second, 5)));
        for (let round = 0; round < 6; round++) {
          const joined: Array<Fiber.Fiber<never>> = [];
          for (const place of places.slice(4)) {
            joined.push(yield* Effect.forkScoped(desk.work(place)));
            yield* Effect.sleep(3);
          }
          yield* Effect.sleep(100);
          yield* Effect.forEach(joined, Fiber.interrupt, { concurrency: "unbounded" });
        }
        yield* Fiber.interrupt(ticking);
        for (const place of places.slice(4)) yield* Effect.forkScoped(desk.work(place));
        const ticks = (yield* rowsOf("select 1 from journal where topic = 'agent.tick'")).length;
        yield* runsUntil(ticks);
        assert.deepStrictEqual(yield* rowsOf("select * from dead_letters"), []);
      }).pipe(Effect.scoped, Effect.provide(House.layer)),
    60_000,
  );

  it.live("works on what it read of one partition though another could not be read", () =>
    Effect.gen(function* () {
      for (let n = 0; n < 8; n++) yield* calm(n);
      yield* Effect.repeat(yield* clockwork, { times: 1 });
      const journal = yield* Journal;
      const lost = new DatabaseUnavailable({ message: "gone", sqlState: null, cause: "test" });
      let found = 0;
      let failures = 0;
      const flaky = Journal.of({
        ...journal,
        read: (topic, place, from, limit) =>
          Effect.suspend(() => {
            if (found > 0 && failures++ === 0) return Effect.fail(lost);
            return Effect.tap(journal.read(topic, place, from, limit), (rows) =>
              Effect.sync(() => {
                found += rows.length;
              }),
            );
          }),
      });
      // Nothing but the rest of the same turn would find them again.
      yield* Stage.run(yield* Runtime.make(catalog), yield* partitions, {
        ...Stage.standard,
        quietMs: 60_000,
      }).pipe(Effect.provideService(Journal, flaky), Effect.forkScoped);
      const ticks = (yield* rowsOf("select 1 from journal where topic = 'agent.tick'")).length;
      yield* runsUntil(ticks);
      assert.isAbove(failures, 0);
    }).pipe(Effect.scoped, Effect.provide(House.layer)),
  );

  it.live("does by halves what takes Postgres too long at once", () =>
    Effect.gen(function* () {
      for (let n = 0; n < 8; n++) yield* calm(n);
      yield* Effect.repeat(yield* clockwork, { times: 1 });
      const late = new DatabaseUnavailable({
        message: "statement timeout",
        sqlState: "57014",
        cause: "test",
      });
      const runtime = yield* Runtime.make(catalog);
      const slow: Stage.Definition = {
        ...runtime,
        handle: (events) => (events.length > 8 ? Effect.fail(late) : runtime.handle(events)),
      };
      yield* Effect.forkScoped(Stage.run(slow, yield* partitions));
      const ticks = (yield* rowsOf("select 1 from journal where topic = 'agent.tick'")).length;
      assert.isAbove(ticks, 8);
      yield* runsUntil(ticks);
    }).pipe(Effect.scoped, Effect.provide(House.layer)),
  );
});
