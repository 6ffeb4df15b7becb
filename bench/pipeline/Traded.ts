import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import * as Composition from "@strom/apps/Composition.ts";
import * as Pipeline from "@strom/apps/pipeline/Pipeline.ts";
import * as Progress from "@strom/apps/pipeline/Progress.ts";
import * as Publisher from "@strom/apps/pipeline/Publisher.ts";
import * as ReplayTimeline from "@strom/apps/pipeline/ReplayTimeline.ts";
import * as Scheduler from "@strom/apps/pipeline/Scheduler.ts";
import { Slot } from "@strom/core";
import { PriceBook, Timeline } from "@strom/core/ports";
import { Effect, Layer } from "effect";
import { SqlClient } from "effect/sql";
import * as House from "./House.ts";
import { catalog } from "./Metronome.ts";

/**
 * Ticks as fast as the stages take them, each of which trades: how many a second get through runtime, risk and
 * execution, everything they say published.
 */
export interface Load {
  readonly agents: number;
  /** An agent trades on every n-th of its ticks. */
  readonly every: number;
  /** Slots of every agent before the clock starts, and those that count. */
  readonly warmupSlots: number;
  readonly slots: number;
}

export interface Result {
  readonly perSecond: number;
  readonly seconds: number;
  readonly published: number;
  /** Cores kept busy by this process, by Postgres and by nats-server. */
  readonly cores: { readonly node: number; readonly postgres: number; readonly nats: number };
}

/** Events under way at most: enough to keep every stage busy, few enough that nothing is only queued. */
const UNDER_WAY = 8_192;

/** The agents' clock, moved by the driver. */
const hand = () => {
  let now = 0;
  return {
    set: (at: number) => {
      now = at;
    },
    layer: Layer.succeed(
      Timeline,
      Timeline.of({ now: Effect.sync(() => now), phaseMs: Slot.phaseMs, isReplay: true }),
    ),
  };
};

const streamed = (url: string) =>
  Effect.acquireUseRelease(
    Effect.promise(() => connect({ servers: url })),
    (connection) =>
      Effect.promise(async () => {
        const manager = await jetstreamManager(connection);
        return (await manager.streams.info("STROM")).state.messages;
      }),
    (connection) => Effect.promise(() => connection.close()),
  );

/** Messages the bus should hold by now. */
const written = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  const rows = yield* sql<{ readonly count: number }>`
    select coalesce(sum(head), 0)::float8 as count from journal_heads
    where topic not in ('market.tick', 'agent.changed')`;
  return rows[0]?.count ?? 0;
});

export const run = Effect.fnUntraced(function* (env: House.Env, load: Load, machines: House.Machines) {
  const settings = yield* House.read(env);
  const clock = hand();
  // What is ticked is told by the worker's own publisher, as it is where one process does everything.
  const driver = Publisher.layer(Publisher.brokered).pipe(
    Layer.provideMerge(Layer.merge(ReplayTimeline.layer, clock.layer)),
  );
  return yield* Effect.gen(function* () {
    yield* House.launch(load.agents, load.every);
    const book = yield* PriceBook;
    const beginAt = Math.floor(Date.now() / 1000) * 1000 - 1_000 * (load.warmupSlots + load.slots + 60);
    const prices = Array.from({ length: load.warmupSlots + load.slots + 2 }, (_, second) =>
      House.symbols.map((symbol, n) => ({
        symbol,
        at: beginAt + second * 1_000,
        price: 100 + n + (second % 7),
        volume: 1,
      })),
    );
    yield* book.append(prices.flat(), "bench");

    yield* Layer.build(
      Pipeline.layerGiven({ catalog, source: { kind: "none" }, retention: settings }).pipe(
        Layer.provide(Composition.layerOwnership(settings, ["runtime", "risk", "execution"])),
      ),
    );
    const scheduler = yield* Scheduler.make;
    clock.set(beginAt);
    yield* scheduler.refresh;
    const drive = Effect.fnUntraced(function* (from: number, to: number) {
      for (let second = from; second < to; second++) {
        while ((yield* Progress.waiting) > UNDER_WAY) yield* Effect.sleep(5);
        const at = beginAt + (second + 2) * 1_000;
        clock.set(at);
        yield* scheduler.tick(at);
      }
      yield* Progress.caughtUp;
      const wanted = yield* written;
      while ((yield* streamed(env.NATS_URL)) < wanted) yield* Effect.sleep(20);
    });
    yield* drive(0, load.warmupSlots);
    const before = yield* written;
    const cpu = House.processorSeconds(machines);
    const startedAt = performance.now();
    yield* drive(load.warmupSlots, load.warmupSlots + load.slots);
    const seconds = (performance.now() - startedAt) / 1_000;
    const used = House.processorSeconds(machines);
    const published = (yield* written) - before;
    const result: Result = {
      perSecond: (load.agents * load.slots) / seconds,
      seconds,
      published,
      cores: {
        node: (used.node - cpu.node) / seconds,
        postgres: (used.postgres - cpu.postgres) / seconds,
        nats: (used.nats - cpu.nats) / seconds,
      },
    };
    return result;
  }).pipe(Effect.scoped, Effect.provide(driver), Effect.provide(House.record(env)));
});
