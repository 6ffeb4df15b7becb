import { assert, layer as withLayer } from "@effect/vitest";
import type { Cursor, Message, Row } from "@strom/core/ports";
import { EventBus } from "@strom/core/ports";
import type { Layer } from "effect";
import { Effect, Fiber, Queue, Stream } from "effect";

let cases = 0;
const AGENT = "00000000-0000-4000-8000-00000000000a";

const row = (of: Partial<Row> & { readonly offset: number }): Row => ({
  topic: "agent.run",
  partition: 0,
  eventId: crypto.randomUUID(),
  agentId: AGENT,
  payload: { run: { bars: [1.5, null], note: "ü" } },
  at: 1_700_000_000_123,
  ...of,
});

const PATIENCE = "30 seconds";
const PROBE = "ffffffff";

/**
 * What a stream brings, one by one. A subscription takes its time to be in place,
 * so probes are published until one comes through; they are left out of the answers.
 */
const listen = <A>(stream: Stream.Stream<A>, toRow: (a: A) => Row, probe: Effect.Effect<void, unknown>) =>
  Effect.gen(function* () {
    const queue = yield* Queue.unbounded<A>();
    yield* Effect.forkScoped(Stream.runForEach(stream, (a) => Queue.offer(queue, a)));
    const probing = yield* Effect.forkScoped(
      Effect.forever(Effect.andThen(probe, Effect.sleep("50 millis"))),
    );
    yield* Queue.take(queue).pipe(Effect.timeout(PATIENCE));
    yield* Fiber.interrupt(probing);
    const next: Effect.Effect<A, unknown> = Effect.flatMap(Queue.take(queue), (a) =>
      toRow(a).eventId.startsWith(PROBE) ? next : Effect.succeed(a),
    ).pipe(Effect.timeout(PATIENCE));
    return next;
  });

/**
 * What every bus must do. A bus may lose, repeat and reorder, so the cases wait
 * for what must arrive when nothing goes wrong, and say nothing of the rest.
 */
export const suite = <E>(name: string, layer: Layer.Layer<EventBus, E>): void =>
  withLayer(layer, { excludeTestServices: true, timeout: 60_000 })(name, (it) => {
    /** Topics are the product's, since a broker may know no others; stages and partitions make a case its own. */
    const place = () => ({ stage: `case-${++cases}`, topic: "agent.run", partition: cases % 16 });
    let probes = 0;
    const publishProbe = (topic: string, partition: number) =>
      Effect.gen(function* () {
        const bus = yield* EventBus;
        const eventId = `${PROBE}-0000-4000-8000-${String(++probes).padStart(12, "0")}`;
        yield* bus.publish([row({ topic, partition, offset: 0, eventId })]);
      });

    const subscribe = (cursor: Cursor) =>
      Effect.gen(function* () {
        const bus = yield* EventBus;
        const context = yield* Effect.context<EventBus>();
        return yield* listen<Message>(
          bus.subscribe(cursor).pipe(Stream.tap((message) => message.ack)),
          (message) => message.row,
          Effect.provideContext(publishProbe(cursor.topic, cursor.partition), context),
        );
      });

    it.effect("carries rows whole and in order to who subscribed to their partition", () =>
      Effect.gen(function* () {
        const bus = yield* EventBus;
        const cursor = place();
        const next = yield* subscribe(cursor);
        const { topic, partition } = cursor;
        const sent = [1, 2, 3].map((offset) => row({ topic, partition, offset }));
        yield* bus.publish([row({ offset: 7, partition: (partition + 1) % 16 }), ...sent]);
        for (const expected of sent) assert.deepStrictEqual((yield* next).row, expected);
      }).pipe(Effect.scoped),
    );

    it.effect("serves every stage of the same partition", () =>
      Effect.gen(function* () {
        const bus = yield* EventBus;
        const cursor = place();
        const one = yield* subscribe(cursor);
        const two = yield* subscribe({ ...cursor, stage: `${cursor.stage}-other` });
        const sent = row({ topic: cursor.topic, partition: cursor.partition, offset: 1 });
        yield* bus.publish([sent]);
        assert.deepStrictEqual((yield* one).row, sent);
        assert.deepStrictEqual((yield* two).row, sent);
      }).pipe(Effect.scoped),
    );

    it.effect("lets a reader watch several topics over all partitions", () =>
      Effect.gen(function* () {
        const bus = yield* EventBus;
        const topics = ["order.filled", "pnl.updated"];
        const context = yield* Effect.context<EventBus>();
        const probe = Effect.provideContext(publishProbe("order.filled", 0), context);
        const next = yield* listen<Row>(bus.watch(topics), (a) => a, probe);
        const filled = row({ topic: "order.filled", partition: 3, offset: 1 });
        const unseen = row({ topic: "signal.created", partition: 3, offset: 1 });
        yield* bus.publish([unseen, filled]);
        assert.deepStrictEqual(yield* next, filled);
      }).pipe(Effect.scoped),
    );

    it.effect("takes the same row twice without complaint", () =>
      Effect.gen(function* () {
        const bus = yield* EventBus;
        const cursor = place();
        const next = yield* subscribe(cursor);
        const sent = row({ topic: cursor.topic, partition: cursor.partition, offset: 1 });
        yield* bus.publish([sent]);
        yield* bus.publish([sent]);
        assert.deepStrictEqual((yield* next).row, sent);
      }).pipe(Effect.scoped),
    );

    it.effect("needs no listener to publish, and answers when asked for its pulse", () =>
      Effect.gen(function* () {
        const bus = yield* EventBus;
        yield* bus.publish(
          Array.from({ length: 2_000 }, (_, offset) => row({ topic: "agent.tick", offset })),
        );
        yield* bus.publish([]);
        assert.isAtLeast(yield* bus.pulse, 0);
      }),
    );
  });
