import { assert, describe, it } from "@effect/vitest";
import * as Progress from "@strom/apps/pipeline/Progress.ts";
import * as Risk from "@strom/apps/pipeline/Risk.ts";
import * as Runtime from "@strom/apps/pipeline/Runtime.ts";
import * as Scheduler from "@strom/apps/pipeline/Scheduler.ts";
import * as Stage from "@strom/apps/pipeline/Stage.ts";
import { Catalog } from "@strom/core";
import { Database, PriceBook } from "@strom/core/ports";
import { Effect } from "effect";
import { SqlClient } from "effect/sql";
import * as House from "./House.ts";

const BEGIN_AT = Date.UTC(2026, 2, 1, 12, 0, 0);

const catalog = Catalog.make(Catalog.builtIn);

const wish: House.Wish = {
  name: "waits for its turn",
  symbols: ["A"],
  strategies: [{ key: "sma_crossover", params: {} }],
};

const ticks = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  const rows = yield* sql<{ readonly count: number }>`
    select coalesce(sum(head), 0)::int as count from journal_heads where topic = 'agent.tick'`;
  return rows[0]?.count ?? 0;
});

/** More ticks than may wait, and nobody who takes them, or ever did. */
const crowd = Effect.gen(function* () {
  yield* House.runningAgent(catalog, wish);
  const book = yield* PriceBook;
  yield* book.append([{ symbol: "A", at: BEGIN_AT, price: 100, volume: null }], "test");
  const scheduler = yield* Scheduler.make;
  yield* scheduler.refresh;
  for (let n = 1; n <= 80; n++) yield* scheduler.tick(BEGIN_AT + n * 1_000);
});

describe("a scheduler that holds ticks back", () => {
  it.live(
    "ticks again once the stages have caught up, though its timeline waits for the tick",
    () =>
      Effect.gen(function* () {
        yield* crowd;
        const hand = yield* House.Hand;
        yield* hand.set(BEGIN_AT + 80_000);
        yield* Effect.forkScoped(Scheduler.run({ ...Scheduler.standard, gatherMs: 10 }));
        const waiting = yield* ticks;
        yield* Effect.sleep(500);
        yield* hand.set(BEGIN_AT + 90_000);
        yield* Effect.sleep(500);
        assert.strictEqual(yield* ticks, waiting);
        const partitions = Array.from({ length: (yield* Database).partitions }, (_, place) => place);
        yield* Effect.forkScoped(Stage.run(yield* Runtime.make(catalog), partitions));
        yield* Effect.forkScoped(Stage.run(yield* Risk.make, partitions));
        yield* ticks.pipe(
          Effect.delay("20 millis"),
          Effect.repeat({ until: (count) => count > waiting }),
          Effect.timeout("10 seconds"),
        );
      }).pipe(Effect.scoped, Effect.provide(House.layer)),
    60_000,
  );
});

it.live("what nobody has begun to read is waited for", () =>
  Effect.gen(function* () {
    assert.strictEqual(yield* Progress.waiting, 0);
    yield* House.runningAgent(catalog, wish);
    yield* (yield* House.Hand).set(BEGIN_AT);
    const scheduler = yield* Scheduler.make;
    yield* scheduler.refresh;
    yield* scheduler.tick(BEGIN_AT + 1_000);
    assert.strictEqual(yield* Progress.waiting, 1);
    const partitions = Array.from({ length: (yield* Database).partitions }, (_, place) => place);
    yield* Effect.forkScoped(Stage.run(yield* Runtime.make(catalog), partitions));
    yield* Progress.caughtUp;
    const sql = yield* SqlClient.SqlClient;
    assert.strictEqual((yield* sql`select 1 from agent_runs`).length, 1);
  }).pipe(Effect.scoped, Effect.provide(House.layer)),
);
