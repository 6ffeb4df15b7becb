import { assert, it } from "@effect/vitest";
import * as Execution from "@strom/apps/pipeline/Execution.ts";
import * as Risk from "@strom/apps/pipeline/Risk.ts";
import * as Runtime from "@strom/apps/pipeline/Runtime.ts";
import * as Scheduler from "@strom/apps/pipeline/Scheduler.ts";
import * as Stage from "@strom/apps/pipeline/Stage.ts";
import { Catalog, Event } from "@strom/core";
import { Database, EventBus, Journal, PriceBook, Verify } from "@strom/core/ports";
import { Effect } from "effect";
import { SqlClient } from "effect/sql";
import * as House from "./House.ts";

const catalog = Catalog.make(Catalog.builtIn);
const BEGIN_AT = Date.UTC(2026, 2, 1, 12, 0, 0);
const PARTITIONS = 16;

const buyer = (name: string): House.Wish => ({
  name,
  symbols: ["A"],
  strategies: [{ key: "buy_and_hold", params: {} }],
  risk: { cooldown_seconds: 0, max_risk_per_trade_pct: 5 },
});

const placeOf = (name: string): number => Event.partition(House.agentId(name), PARTITIONS);

/** A stage at work over everything for a second and a half; `during` begins after half of it. */
const work = Effect.fnUntraced(function* <E, R>(
  definition: Stage.Definition,
  during: Effect.Effect<unknown, E, R>,
) {
  const { partitions } = yield* Database;
  assert.strictEqual(partitions, PARTITIONS);
  const places = Array.from({ length: partitions }, (_, place) => place);
  const stage = Stage.run(definition, places, { ...Stage.standard, quietMs: 100 });
  yield* Effect.all([Effect.timeoutOption(stage, 1_500), Effect.delay(during, 500)], { concurrency: 2 });
});

/** An agent that was ticked, and wants to buy. */
const untilSignal = Effect.fnUntraced(function* (name: string) {
  const hand = yield* House.Hand;
  const book = yield* PriceBook;
  yield* hand.set(BEGIN_AT);
  yield* House.runningAgent(catalog, buyer(name));
  const scheduler = yield* Scheduler.make;
  yield* scheduler.refresh;
  for (const second of [0, 1]) {
    yield* book.append([{ symbol: "A", at: BEGIN_AT + second * 1000 + 200, price: 100, volume: null }], "t");
    yield* hand.set(BEGIN_AT + (second + 1) * 1000);
    yield* scheduler.tick(BEGIN_AT + (second + 1) * 1000);
  }
  yield* work(yield* Runtime.make(catalog), Effect.void);
});

/** The intent of an agent's first order, in a world of its own. */
const intentElsewhere = Effect.fnUntraced(
  function* (name: string) {
    yield* untilSignal(name);
    yield* work(yield* Risk.make, Effect.void);
    return yield* (yield* Journal).read("order.intent", placeOf(name), 0, 10);
  },
  Effect.scoped,
  Effect.provide(House.layer),
);

it.live(
  "an intent of a lost history, still on the bus, does not take the place of one that is there",
  () =>
    Effect.gen(function* () {
      const names = Array.from({ length: 500 }, (_, n) => `other ${n}`);
      const other = names.find((name) => placeOf(name) === placeOf("mine")) ?? "";
      const lost = yield* intentElsewhere(other);
      assert.strictEqual(lost.length, 1);
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        const bus = yield* EventBus;
        const journal = yield* Journal;
        const verify = yield* Verify;
        const cursor = { stage: "execution", topic: "order.intent", partition: placeOf("mine") };
        yield* untilSignal("mine");
        yield* work(yield* Execution.make, bus.publish(lost));
        assert.strictEqual(yield* journal.position(cursor), 0);
        yield* work(yield* Risk.make, Effect.void);
        yield* work(yield* Execution.make, bus.publish(lost));
        assert.strictEqual(yield* journal.position(cursor), 1);
        const orders = yield* sql<{ readonly status: string }>`select status from orders`;
        assert.deepStrictEqual(orders, [{ status: "FILLED" }]);
        assert.deepStrictEqual(yield* sql`select event_id from dead_letters`, []);
        assert.isNull(yield* verify.identities);
      }).pipe(Effect.scoped, Effect.provide(House.layer));
    }),
  60_000,
);
