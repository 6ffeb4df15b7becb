import type { JetStreamClient, JetStreamManager } from "@nats-io/jetstream";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { connect } from "@nats-io/transport-node";
import { BusUnavailable } from "@strom/core/ports";
import type { Scope } from "effect";
import { Effect, Latch } from "effect";
import * as Acknowledged from "./Acknowledged.ts";
import * as Streams from "./Streams.ts";

/** A live connection with its streams in place. */
export interface Broker {
  readonly connection: NatsConnection;
  readonly client: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly acknowledged: Acknowledged.Acknowledged;
}

export interface Connection {
  /** The broker when it is there now; a publisher does not wait. */
  readonly now: Effect.Effect<Broker, BusUnavailable>;
  /** The broker, when it comes. */
  readonly wait: Effect.Effect<Broker>;
  /** Counts every time the broker was lost, wiped or rolled back; consumers of an older count are void. */
  readonly generation: () => number;
  /** To be called when the broker turns out not to be what we believed. */
  readonly suspect: Effect.Effect<void>;
}

/** The client's defaults give up after twenty seconds and notice a frozen broker after six minutes. */
const options = (url: string) => ({
  servers: url.split(",").map((server) => server.trim()),
  name: "strom",
  maxReconnectAttempts: -1,
  reconnectTimeWait: 250,
  reconnectJitter: 250,
  // Credentials may be wrong for a while too, as when they are being changed.
  ignoreAuthErrorAbort: true,
  pingInterval: 5_000,
  maxPingOut: 2,
  timeout: 5_000,
  waitOnFirstConnect: true,
});

const WATCH_MS = 2_000;
/** A broker that is there answers in milliseconds; one that is not must not delay the start for long. */
const FIRST_MS = 2_000;

export const unavailable = (deed: string) => (cause: unknown) =>
  new BusUnavailable({
    message: `NATS JetStream: ${deed}: ${cause instanceof Error ? cause.message : String(cause)}`,
    cause,
  });

/**
 * Connects for ever, in the background: STROM starts and works, more slowly,
 * while the broker is away. Streams are created and mended at every connect and
 * every two seconds, since a broker may come back with an older store or none.
 */
export const make = (url: string): Effect.Effect<Connection, never, Scope.Scope> =>
  Effect.gen(function* () {
    const opened = yield* Latch.make(false);
    let broker: Broker | null = null;
    let isUp = false;
    let generation = 0;
    let seen: Streams.Progress | null = null;

    const lost = (): void => {
      isUp = false;
      generation += 1;
      opened.closeUnsafe();
    };

    const inspect = Effect.tryPromise({
      try: async () => {
        if (broker === null) return;
        const found = await Streams.progress(broker.manager);
        await Streams.ensure(broker.manager);
        if (seen !== null && (found.createdAt !== seen.createdAt || found.lastSequence < seen.lastSequence))
          generation += 1;
        seen = found;
        isUp = true;
        opened.openUnsafe();
      },
      catch: unavailable("the streams could not be checked"),
    }).pipe(
      Effect.catch((error) =>
        Effect.sync(() => {
          if (isUp) lost();
        }).pipe(Effect.andThen(Effect.logDebug(error.message))),
      ),
    );

    const follow = (connection: NatsConnection): Effect.Effect<void> =>
      Effect.promise(async () => {
        for await (const status of connection.status()) {
          if (status.type === "disconnect" || status.type === "staleConnection") lost();
          if (status.type === "reconnect") await Effect.runPromise(inspect);
        }
      });

    yield* Effect.acquireRelease(
      Effect.sync(() => connect(options(url))),
      (pending) =>
        Effect.promise(async () => {
          // A first connect that never succeeds would keep the process waiting.
          if (broker === null) void pending.then((late) => late.close()).catch(() => undefined);
          else await broker.connection.close();
        }),
    ).pipe(
      Effect.flatMap((pending) =>
        Effect.tryPromise({
          try: async () => {
            const connection = await pending;
            const manager = await jetstreamManager(connection, { checkAPI: false });
            broker = {
              connection,
              manager,
              client: jetstream(connection),
              acknowledged: Acknowledged.make(connection),
            };
            return connection;
          },
          catch: unavailable(`no connection to ${url}`),
        }).pipe(
          Effect.tap(() => inspect),
          Effect.flatMap(follow),
          Effect.catch((error) => Effect.logError(error.message)),
          Effect.forkScoped,
        ),
      ),
    );
    yield* inspect.pipe(Effect.delay(WATCH_MS), Effect.forever, Effect.forkScoped);
    yield* Effect.timeoutOption(opened.await, FIRST_MS);
    // Nothing fails without the broker, so nobody else would say why everything is slow.
    let wasUp = true;
    const tell = Effect.suspend(() => {
      if (isUp === wasUp) return Effect.void;
      wasUp = isUp;
      return isUp
        ? Effect.logInfo("the broker at NATS_URL answers again")
        : Effect.logWarning(
            "the broker at NATS_URL does not answer: stages read the journal, seconds late, and whoever listens to the bus hears nothing",
          );
    });
    yield* tell.pipe(Effect.andThen(Effect.sleep(WATCH_MS)), Effect.forever, Effect.forkScoped);

    return {
      now: Effect.suspend(() =>
        broker !== null && isUp
          ? Effect.succeed(broker)
          : Effect.fail(unavailable("no connection")(new Error(`${url} does not answer`))),
      ),
      wait: opened.await.pipe(
        Effect.andThen(Effect.sync(() => broker)),
        Effect.flatMap((found) => (found === null ? Effect.never : Effect.succeed(found))),
      ),
      generation: () => generation,
      suspect: inspect,
    };
  });
