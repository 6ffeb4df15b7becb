import { assert, it } from "@effect/vitest";
import * as Publisher from "@strom/apps/pipeline/Publisher.ts";
import type { Entry, Row } from "@strom/core/ports";
import { BusUnavailable, EventBus, Journal } from "@strom/core/ports";
import { Context, Effect, Exit, Layer, Logger, Scope, Stream } from "effect";
import { SqlClient } from "effect/sql";
import { embedded } from "../../adapters/postgres/Databases.ts";

const TOPIC = "pnl.updated";
const PARTITION = 3;

/** A bus that notes what it takes, and takes nothing while it is down. */
const noting = () => {
  const taken: Array<Row> = [];
  const state = { isDown: false };
  const layer = Layer.succeed(
    EventBus,
    EventBus.of({
      publish: (rows) =>
        state.isDown
          ? Effect.fail(new BusUnavailable({ message: "down", cause: null }))
          : Effect.sync(() => void taken.push(...rows)),
      subscribe: () => Stream.never,
      watch: () => Stream.never,
      pulse: Effect.succeed(0),
    }),
  );
  return { taken, state, layer, offsets: () => taken.map(({ offset }) => offset) };
};

let appended = 0;
const entries = (count: number): ReadonlyArray<Entry> =>
  Array.from({ length: count }, () => ({
    topic: TOPIC,
    partition: PARTITION,
    eventId: `00000000-0000-4000-8000-${String(++appended).padStart(12, "0")}`,
    agentId: null,
    payload: { n: appended },
    at: appended,
  }));

/** A process that publishes to the bus. */
const open = (bus: Layer.Layer<EventBus>, options: Publisher.Options = Publisher.brokered) =>
  Effect.map(
    Layer.build(Layer.fresh(Publisher.layer({ ...options, noteEveryMs: 20 })).pipe(Layer.provide(bus))),
    Context.get(Publisher.Publisher),
  );

const until = <E, R>(isTrue: Effect.Effect<boolean, E, R>) =>
  isTrue.pipe(Effect.delay(10), Effect.repeat({ until: (is) => is }), Effect.timeout("20 seconds"));

/** Everything appended is noted as told. */
const isNoted = Effect.gen(function* () {
  const journal = yield* Journal;
  return (yield* journal.unpublished(TOPIC, PARTITION, 1)).length === 0;
});

it.live("says in order what two processes append in turn, and notes it as told", () =>
  Effect.gen(function* () {
    const journal = yield* Journal;
    const bus = noting();
    const first = yield* open(bus.layer);
    const second = yield* open(bus.layer);
    for (let round = 0; round < 5; round++) {
      yield* first.tell(yield* journal.append(entries(2)));
      yield* second.tell(yield* journal.append(entries(3)));
    }
    yield* until(isNoted);
    assert.deepStrictEqual(
      [...new Set(bus.offsets())].sort((a, b) => a - b),
      Array.from({ length: 25 }, (_, n) => n),
    );
  }).pipe(Effect.scoped, Effect.provide(embedded)),
);

it.live("says after an outage of the bus what was committed during it", () =>
  Effect.gen(function* () {
    const journal = yield* Journal;
    const bus = noting();
    const publisher = yield* open(bus.layer);
    yield* publisher.tell(yield* journal.append(entries(2)));
    yield* until(isNoted);
    bus.state.isDown = true;
    yield* publisher.tell(yield* journal.append(entries(3)));
    yield* Effect.sleep(50);
    bus.state.isDown = false;
    yield* publisher.tell(yield* journal.append(entries(1)));
    yield* until(isNoted);
    assert.deepStrictEqual(new Set(bus.offsets()), new Set([0, 1, 2, 3, 4, 5]));
  }).pipe(Effect.scoped, Effect.provide(embedded)),
);

it.live("says what a process committed and died before telling, once it is clear that nobody else will", () =>
  Effect.gen(function* () {
    const journal = yield* Journal;
    const bus = noting();
    yield* journal.append(entries(4));
    const keeper = yield* open(bus.layer);
    yield* keeper.repair;
    assert.deepStrictEqual(bus.offsets(), [], "its author may still be about to");
    yield* keeper.repair;
    assert.deepStrictEqual(bus.offsets(), [0, 1, 2, 3]);
    assert.isTrue(yield* isNoted);
    yield* keeper.repair;
    assert.strictEqual(bus.taken.length, 4);
  }).pipe(Effect.scoped, Effect.provide(embedded)),
);

it.live("hands what this process committed to its own stages at once, whatever the broker does", () =>
  Effect.gen(function* () {
    const journal = yield* Journal;
    const bus = noting();
    bus.state.isDown = true;
    const publisher = yield* open(bus.layer);
    const heard: Array<number> = [];
    const scope = yield* Scope.make();
    yield* publisher
      .overhear(TOPIC, PARTITION, ({ offset }) => void heard.push(offset))
      .pipe(Scope.provide(scope));
    yield* publisher.overhear(TOPIC, PARTITION + 1, () => void heard.push(-1));
    yield* publisher.tell(yield* journal.append(entries(3)));
    assert.deepStrictEqual(heard, [0, 1, 2]);
    yield* Scope.close(scope, Exit.void);
    yield* publisher.tell(yield* journal.append(entries(1)));
    assert.deepStrictEqual(heard, [0, 1, 2]);
  }).pipe(Effect.scoped, Effect.provide(embedded)),
);

it.live("says what another process left unsaid in the midst of what it says, and marks nothing before", () =>
  Effect.gen(function* () {
    const journal = yield* Journal;
    const bus = noting();
    const publisher = yield* open(bus.layer);
    yield* publisher.tell(yield* journal.append(entries(1)));
    yield* until(isNoted);
    const before = yield* journal.append(entries(1));
    // A process is killed between this commit and its message.
    yield* journal.append(entries(1));
    const after = yield* journal.append(entries(1));
    yield* publisher.tell([...before, ...after]);
    yield* until(isNoted);
    assert.deepStrictEqual(bus.offsets(), [0, 1, 2, 3]);
  }).pipe(Effect.scoped, Effect.provide(embedded)),
);

it.live("notes what it told once the database takes notes again", () =>
  Effect.gen(function* () {
    const journal = yield* Journal;
    const sql = yield* SqlClient.SqlClient;
    const bus = noting();
    const publisher = yield* open(bus.layer);
    const rows = yield* journal.append(entries(2));
    yield* sql`set default_transaction_read_only = on`;
    yield* publisher.tell(rows);
    yield* Effect.sleep("100 millis");
    yield* sql`set default_transaction_read_only = off`;
    yield* until(isNoted);
    assert.deepStrictEqual(bus.offsets(), [0, 1]);
  }).pipe(Effect.scoped, Effect.provide(embedded), Effect.provide(Logger.layer([]))),
);

it.live("does not keep the journal for a broker that was taken away", () =>
  Effect.gen(function* () {
    const journal = yield* Journal;
    const bus = noting();
    const before = yield* open(bus.layer);
    yield* before.tell(yield* journal.append(entries(2)));
    yield* until(isNoted);
    const after = yield* open(bus.layer, Publisher.embedded);
    yield* after.tell(yield* journal.append(entries(3)));
    yield* after.repair;
    assert.strictEqual(yield* journal.prune(Date.now()), 5);
  }).pipe(Effect.scoped, Effect.provide(embedded)),
);
