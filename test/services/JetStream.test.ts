import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { assert, it } from "@effect/vitest";
import * as JetStreamBus from "@strom/adapters/jetstream/JetStreamBus.ts";
import type { Cursor, Message, Row } from "@strom/core/ports";
import { EventBus } from "@strom/core/ports";
import { Context, Effect, Exit, Layer, Queue, Scope, Stream } from "effect";
import * as Nats from "../servers/Nats.ts";
import { requires } from "../servers/Needs.ts";

const agent = "3f0a4f6e-2a74-4a2f-9d6f-0c6a5e7d1b11";
const cursor: Cursor = { stage: "runtime", topic: "agent.tick", partition: 3 };

const row = (offset: number, over: Partial<Row> = {}): Row => ({
  topic: cursor.topic,
  partition: cursor.partition,
  offset,
  eventId: `00000000-0000-4000-8000-${String(offset).padStart(12, "0")}`,
  agentId: agent,
  payload: { topic: "agent.tick", payload: { slot: offset, text: "tick · ✓" } },
  at: 1_700_000_000_000 + offset,
  ...over,
});

/** A bus that lives as long as the test. */
const connect = (url: string, epoch: string) =>
  Layer.build(JetStreamBus.layer({ url, epoch })).pipe(Effect.map((built) => Context.get(built, EventBus)));

const open = (url: string, epoch = "epoch-a") =>
  Effect.gen(function* () {
    const bus = yield* connect(url, epoch);
    const arrived = yield* Queue.unbounded<Message>();
    yield* bus.subscribe(cursor).pipe(
      Stream.runForEach((message) => Queue.offer(arrived, message)),
      Effect.forkScoped,
    );
    return { bus, arrived };
  });

/** Publishes until the broker takes it: the pipeline does the same from its publish cursor. */
const published = (bus: EventBus["Service"], rows: ReadonlyArray<Row>) =>
  bus.publish(rows).pipe(Effect.retry({ while: () => Effect.sleep(100).pipe(Effect.as(true)), times: 300 }));

/** Repeats a publish with fresh offsets until the subscription hands one over; older ones may come again before it. */
const untilHeard = (bus: EventBus["Service"], arrived: Queue.Queue<Message>, from: number) =>
  Effect.gen(function* () {
    let heard = -1;
    for (let offset = from; heard < from && offset < from + 120; offset += 1) {
      yield* published(bus, [row(offset)]);
      const taken = yield* Queue.take(arrived).pipe(
        Effect.tap(({ ack }) => ack),
        Effect.timeoutOption(250),
      );
      if (taken._tag === "Some") heard = taken.value.row.offset;
    }
    return heard;
  });

/** Every row from one offset to another, as often as it comes, acknowledged. What comes again comes before the last. */
const taken = (arrived: Queue.Queue<Message>, from: number, to: number) =>
  Effect.gen(function* () {
    const rows: Array<Row> = [];
    while (rows.at(-1)?.offset !== to) {
      const { row, ack } = yield* Queue.take(arrived);
      yield* ack;
      if (row.offset >= from) rows.push(row);
    }
    return rows;
  }).pipe(Effect.timeout("30 seconds"));

requires("nats", "the bus over JetStream", () => {
  it.live("carries a row whole, and once for a repeated message id", () =>
    Effect.gen(function* () {
      const server = yield* Nats.scoped;
      const { bus, arrived } = yield* open(server.url);
      const first = yield* untilHeard(bus, arrived, 0);
      assert.isAtLeast(first, 0);
      yield* published(bus, [row(500), row(501), row(500), row(502)]);
      assert.deepStrictEqual(yield* taken(arrived, 500, 502), [row(500), row(501), row(502)]);
    }).pipe(Effect.scoped),
  );

  it.live("notices a message in the midst of many that no stream takes, and takes the others once", () =>
    Effect.gen(function* () {
      const server = yield* Nats.scoped;
      const { bus, arrived } = yield* open(server.url);
      assert.isAtLeast(yield* untilHeard(bus, arrived, 0), 0);
      const many = Array.from({ length: 100 }, (_, index) => row(1000 + index));
      const homeless = many.with(50, row(1050, { topic: "nobody.listens" }));
      const refused = yield* bus.publish(homeless).pipe(Effect.flip);
      assert.strictEqual(refused._tag, "BusUnavailable");
      yield* bus.publish(many);
      yield* bus.publish([row(1100)]);
      const offsets = (yield* taken(arrived, 1000, 1100)).map(({ offset }) => offset);
      assert.deepStrictEqual(
        offsets.sort((a, b) => a - b),
        Array.from({ length: 101 }, (_, index) => 1000 + index),
      );
    }).pipe(Effect.scoped),
  );

  it.live("passes over what is larger than the broker takes, and carries all the others", () =>
    Effect.gen(function* () {
      const server = yield* Nats.scoped;
      const { bus, arrived } = yield* open(server.url);
      assert.isAtLeast(yield* untilHeard(bus, arrived, 0), 0);
      const large = row(501, { payload: { text: "·".repeat(600_000) } });
      yield* published(bus, [row(500), large, row(502)]);
      const offsets = (yield* taken(arrived, 500, 502)).map(({ offset }) => offset);
      assert.deepStrictEqual(offsets, [500, 502]);
    }).pipe(Effect.scoped),
  );

  it.live("shows no message that another database left in the broker", () =>
    Effect.gen(function* () {
      const server = yield* Nats.scoped;
      const { bus, arrived } = yield* open(server.url);
      assert.isAtLeast(yield* untilHeard(bus, arrived, 0), 0);
      const stranger = yield* connect(server.url, "epoch-b");
      yield* published(stranger, [row(900)]);
      yield* published(bus, [row(901)]);
      assert.deepStrictEqual(yield* taken(arrived, 900, 901), [row(901)]);
    }).pipe(Effect.scoped),
  );

  it.live("refuses to publish, without waiting, while the broker is away, and goes on when it is back", () =>
    Effect.gen(function* () {
      const server = yield* Nats.scoped;
      const { bus, arrived } = yield* open(server.url);
      assert.isAtLeast(yield* untilHeard(bus, arrived, 0), 0);
      yield* Effect.promise(() => server.kill());
      yield* Effect.sleep(500);
      // It gives up after 5 s, where it has not noticed yet.
      const refused = yield* bus.publish([row(1000)]).pipe(Effect.flip, Effect.timeout("15 seconds"));
      assert.strictEqual(refused._tag, "BusUnavailable");
      yield* Effect.promise(() => server.restart());
      assert.isAtLeast(yield* untilHeard(bus, arrived, 1001), 1001);
    }).pipe(Effect.scoped),
  );

  it.live("makes streams and consumers anew when the store was wiped", () =>
    Effect.gen(function* () {
      const server = yield* Nats.scoped;
      const { bus, arrived } = yield* open(server.url);
      assert.isAtLeast(yield* untilHeard(bus, arrived, 0), 0);
      yield* Effect.promise(() => server.kill());
      server.wipeStore();
      yield* Effect.promise(() => server.restart());
      assert.isAtLeast(yield* untilHeard(bus, arrived, 2000), 2000);
    }).pipe(Effect.scoped),
  );

  it.live("hears new messages after the store was rolled back behind its consumer", () =>
    Effect.gen(function* () {
      const server = yield* Nats.scoped;
      const { bus, arrived } = yield* open(server.url);
      assert.isAtLeast(yield* untilHeard(bus, arrived, 0), 0);
      yield* Effect.promise(() => server.stop());
      const backup = `${server.storeFolder}.old`;
      cpSync(server.storeFolder, backup, { recursive: true });
      yield* Effect.promise(() => server.restart());
      const many = Array.from({ length: 200 }, (_, index) => row(3000 + index));
      yield* published(bus, many);
      yield* Queue.take(arrived).pipe(
        Effect.tap((message) => message.ack),
        Effect.repeat({ until: (message) => message.row.offset === 3199 }),
        Effect.timeout("30 seconds"),
      );
      yield* Effect.promise(() => server.stop());
      // The messages roll back, what the consumer remembers does not: the measured trap.
      const messages = join("jetstream", "$G", "streams", "STROM", "msgs");
      rmSync(join(server.storeFolder, messages), { recursive: true, force: true });
      cpSync(join(backup, messages), join(server.storeFolder, messages), { recursive: true });
      yield* Effect.promise(() => server.restart());
      assert.isAtLeast(yield* untilHeard(bus, arrived, 4000), 4000);
    }).pipe(Effect.scoped),
  );

  it.live(
    "brings what is new to a stage that did not listen for long, not all that it has read meanwhile",
    () =>
      Effect.gen(function* () {
        const server = yield* Nats.scoped;
        const listening = yield* Scope.make();
        const { bus, arrived } = yield* open(server.url).pipe(Scope.provide(listening));
        assert.isAtLeast(yield* untilHeard(bus, arrived, 0), 0);
        yield* Scope.close(listening, Exit.void);
        const later = yield* connect(server.url, "epoch-a");
        yield* published(
          later,
          Array.from({ length: 3_000 }, (_, index) => row(1_000 + index)),
        );
        const again = yield* open(server.url);
        const probing = Array.from({ length: 500 }, (_, index) => row(5_000 + index));
        yield* Effect.forEach(probing, (one) =>
          Effect.andThen(published(again.bus, [one]), Effect.sleep(100)),
        ).pipe(Effect.forkScoped);
        const first = yield* Queue.take(again.arrived).pipe(Effect.timeout("40 seconds"));
        assert.isAtLeast(first.row.offset, 5_000);
      }).pipe(Effect.scoped),
  );

  it.live("shows readers every topic they watch, prices by symbol included", () =>
    Effect.gen(function* () {
      const server = yield* Nats.scoped;
      const { bus } = yield* open(server.url);
      const seen = yield* Queue.unbounded<Row>();
      yield* bus.watch(["agent.tick", "market.tick"]).pipe(
        Stream.runForEach((one) => Queue.offer(seen, one)),
        Effect.forkScoped,
      );
      const price = row(7, {
        topic: "market.tick",
        agentId: null,
        payload: { topic: "market.tick", payload: { symbol: "NSE:NIFTY50-INDEX" } },
      });
      // A subscription takes its time to be in place.
      yield* published(bus, [row(6), price]).pipe(
        Effect.andThen(Effect.sleep(50)),
        Effect.forever,
        Effect.forkScoped,
      );
      const found = new Set<string>();
      yield* Queue.take(seen).pipe(
        Effect.tap(({ topic }) => Effect.sync(() => found.add(topic))),
        Effect.repeat({ until: () => found.size === 2 }),
        Effect.timeout("30 seconds"),
      );
      assert.deepStrictEqual([...found].sort(), ["agent.tick", "market.tick"]);
    }).pipe(Effect.scoped),
  );
});
