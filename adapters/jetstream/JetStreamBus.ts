import type { ConsumerMessages, JsMsg } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import type { BusUnavailable, Cursor, Message, Row } from "@strom/core/ports";
import { EventBus } from "@strom/core/ports";
import type { Cause } from "effect";
import { Effect, Layer, Queue, Stream } from "effect";
import type * as Acknowledged from "./Acknowledged.ts";
import type { Connection } from "./Connection.ts";
import { make, unavailable } from "./Connection.ts";
import * as Streams from "./Streams.ts";
import * as Subject from "./Subject.ts";

export interface Options {
  /** One address, or several separated by commas. */
  readonly url: string;
  /** Names the journal: messages another database left in the broker carry another. */
  readonly epoch: string;
}

/** So many publishes are under way before the next are handed over. */
const WINDOW = 1024;
/** The broker takes a window in a few ms; longer than this it is gone or frozen. */
const PUBLISH_MS = 5_000;
/** How long a subscription rests before it asks again, after its consumer was lost. */
const RETRY_MS = 250;
const CONSUME = { max_messages: 512, expires: 5_000, idle_heartbeat: 1_000, abort_on_missing_resource: true };

/** Subject and headers take this much of a message at most. */
const ENVELOPE = 1_024;

/**
 * The rows as messages, without those the broker will never take: such a one would keep all behind it from being said.
 * It is passed over, and whoever needs it finds it in the journal.
 */
const written = Effect.fnUntraced(function* (rows: ReadonlyArray<Row>, maxPayload: number) {
  const messages: Array<Acknowledged.Written> = [];
  for (const row of rows) {
    const body = JSON.stringify(row.payload);
    // A character takes three bytes at most, so nearly always nothing need be counted.
    const isTaken =
      body.length * 3 + ENVELOPE <= maxPayload || Buffer.byteLength(body) + ENVELOPE <= maxPayload;
    if (isTaken) messages.push({ row, body });
    else
      yield* Effect.logWarning(
        `${row.topic} ${row.eventId} is more than the broker's ${maxPayload} bytes: only the journal has it`,
      );
  }
  return messages;
});

const publish = (connection: Connection, epoch: string) =>
  Effect.fnUntraced(function* (rows: ReadonlyArray<Row>) {
    const broker = yield* connection.now;
    const messages = yield* written(rows, broker.connection.info?.max_payload ?? Number.POSITIVE_INFINITY);
    for (let from = 0; from < messages.length; from += WINDOW) {
      const window = messages.slice(from, from + WINDOW);
      const send = Effect.tryPromise({
        try: () => broker.acknowledged.publish(epoch, window, PUBLISH_MS),
        catch: unavailable(`${window.length} messages were not all taken`),
      });
      // A wiped broker answers, but has no stream to put a message in.
      yield* send.pipe(Effect.catch(() => connection.suspect.pipe(Effect.andThen(send))));
    }
  });

const take = (epoch: string, message: JsMsg): Message | null => {
  const row = Subject.rowOf(epoch, message);
  if (row === null) {
    message.term();
    return null;
  }
  return { row, ack: Effect.sync(() => message.ack()) };
};

type Sink = Queue.Queue<Message, Cause.Done>;

/**
 * Hands over what the consumer delivers, until it ends or the broker is no longer the same. By a callback: iterating
 * cost more than all that is done with a message. What finds no room is not acknowledged, and comes again.
 */
const drain = (connection: Connection, epoch: string, cursor: Cursor, sink: Sink): Effect.Effect<void> =>
  Effect.gen(function* () {
    const broker = yield* connection.wait;
    const generation = connection.generation();
    yield* Effect.acquireUseRelease(
      Effect.tryPromise({
        try: async (): Promise<ConsumerMessages> => {
          const name = await Streams.ensureConsumer(broker.manager, cursor);
          const consumer = await broker.client.consumers.get(Streams.EVENTS, name);
          const callback = (message: JsMsg): void => {
            const taken = take(epoch, message);
            if (taken !== null) Queue.offerUnsafe(sink, taken);
          };
          return await consumer.consume({ ...CONSUME, callback });
        },
        catch: unavailable(`no consumer for ${Streams.consumerName(cursor)}`),
      }),
      (messages) =>
        Effect.raceFirst(
          Effect.tryPromise({ try: () => messages.closed(), catch: unavailable("the consumer ended") }),
          Effect.sleep(RETRY_MS).pipe(
            Effect.repeat({ while: () => Effect.succeed(connection.generation() === generation) }),
          ),
        ),
      (messages) => Effect.promise(() => messages.close().catch(() => undefined)),
    );
  }).pipe(
    Effect.catch((error: BusUnavailable) =>
      Effect.logDebug(error.message).pipe(Effect.andThen(connection.suspect)),
    ),
    Effect.andThen(Effect.sleep(RETRY_MS)),
  );

const subscribe =
  (connection: Connection, epoch: string) =>
  (cursor: Cursor): Stream.Stream<Message> =>
    Stream.callback<Message>((sink) => Effect.forever(drain(connection, epoch, cursor, sink)), {
      bufferSize: 4096,
      strategy: "dropping",
    });

/** Readers that only show need no consumer: a publish is also an ordinary message to whoever listens. */
const listen = (
  connection: NatsConnection,
  epoch: string,
  topic: string,
  sink: Queue.Queue<Row, Cause.Done>,
) =>
  Effect.acquireRelease(
    Effect.sync(() =>
      connection.subscribe(Subject.ofTopic(topic), {
        callback: (error, message) => {
          if (error !== null) return;
          const row = Subject.rowOf(epoch, message);
          if (row !== null) Queue.offerUnsafe(sink, row);
        },
      }),
    ),
    (subscription) => Effect.sync(() => subscription.unsubscribe()),
  );

const watch =
  (connection: Connection, epoch: string) =>
  (topics: ReadonlyArray<string>): Stream.Stream<Row> =>
    Stream.callback<Row>(
      (sink) =>
        Effect.gen(function* () {
          const broker = yield* connection.wait;
          for (const topic of topics) yield* listen(broker.connection, epoch, topic, sink);
          return yield* Effect.never;
        }),
      { bufferSize: 4096, strategy: "sliding" },
    );

/** The bus over NATS JetStream, with the features of nats-server 2.9 and no newer ones. */
export const layer = (options: Options): Layer.Layer<EventBus> =>
  Layer.effect(
    EventBus,
    Effect.gen(function* () {
      const connection = yield* make(options.url);
      return EventBus.of({
        publish: publish(connection, options.epoch),
        subscribe: subscribe(connection, options.epoch),
        watch: watch(connection, options.epoch),
        pulse: connection.now.pipe(
          Effect.flatMap((broker) =>
            Effect.tryPromise({
              try: () => broker.connection.rtt(),
              catch: unavailable("the broker did not answer a ping"),
            }),
          ),
        ),
      });
    }),
  );
