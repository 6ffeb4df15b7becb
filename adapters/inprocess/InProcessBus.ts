import type { Message, Row } from "@strom/core/ports";
import { EventBus } from "@strom/core/ports";
import { Effect, Layer, PubSub, Stream } from "effect";

/** Rows kept for a subscriber that is behind. Older ones are dropped; it finds them in the journal. */
const CAPACITY = 512;
/** A watcher follows all partitions at once. */
const WATCH_CAPACITY = 4096;

/** The bus of a single process: rows are handed over by reference, and wait for no one. */
export const layer: Layer.Layer<EventBus> = Layer.effect(
  EventBus,
  Effect.gen(function* () {
    const lanes = new Map<string, PubSub.PubSub<Row>>();
    const topics = new Map<string, PubSub.PubSub<Row>>();

    const hub = (hubs: Map<string, PubSub.PubSub<Row>>, name: string, capacity: number) =>
      Effect.suspend(() => {
        const known = hubs.get(name);
        if (known !== undefined) return Effect.succeed(known);
        return Effect.tap(PubSub.sliding<Row>(capacity), (made) => Effect.sync(() => hubs.set(name, made)));
      });

    const lane = (topic: string, partition: number): string => `${topic}/${partition}`;

    const watch = (names: ReadonlyArray<string>) =>
      Stream.mergeAll(
        names.map((name) =>
          Stream.unwrap(Effect.map(hub(topics, name, WATCH_CAPACITY), (hub) => Stream.fromPubSub(hub))),
        ),
        { concurrency: "unbounded" },
      );

    return EventBus.of({
      // A row nobody subscribed to is gone at once, and nothing is kept for it.
      publish: (rows) =>
        Effect.sync(() => {
          for (const row of rows) {
            const one = lanes.get(lane(row.topic, row.partition));
            if (one !== undefined) PubSub.publishUnsafe(one, row);
            const all = topics.get(row.topic);
            if (all !== undefined) PubSub.publishUnsafe(all, row);
          }
        }),
      subscribe: (cursor) =>
        Stream.unwrap(
          Effect.map(hub(lanes, lane(cursor.topic, cursor.partition), CAPACITY), (hub) =>
            Stream.fromPubSub(hub),
          ),
        ).pipe(Stream.map((row): Message => ({ row, ack: Effect.void }))),
      watch,
      pulse: Effect.succeed(0),
    });
  }),
);
