import * as SoleOwnership from "@strom/adapters/inprocess/SoleOwnership.ts";
import type { Catalog } from "@strom/core";
import type { BarSeries } from "@strom/core/files";
import type { Lag, Role } from "@strom/core/ports";
import { Database, Journal, Ownership } from "@strom/core/ports";
import { Effect, Layer, Metric, Schedule, Scope } from "effect";
import * as Metrics from "../Metrics.ts";
import * as Strangers from "../strategies/Strangers.ts";
import { again } from "./Again.ts";
import * as Execution from "./Execution.ts";
import * as LiveTimeline from "./LiveTimeline.ts";
import * as Progress from "./Progress.ts";
import * as Publisher from "./Publisher.ts";
import * as Replay from "./Replay.ts";
import * as ReplayFile from "./ReplayFile.ts";
import * as ReplayTimeline from "./ReplayTimeline.ts";
import * as Retention from "./Retention.ts";
import * as Risk from "./Risk.ts";
import * as Runtime from "./Runtime.ts";
import * as Scheduler from "./Scheduler.ts";
import * as Simulator from "./Simulator.ts";
import * as Soundness from "./Soundness.ts";
import * as Stage from "./Stage.ts";

/** Where prices come from. */
export type Source =
  | { readonly kind: "sim"; readonly symbols: ReadonlyArray<string>; readonly seed: bigint }
  | {
      readonly kind: "replay";
      readonly file: string;
      /** The symbol of its bars, where the file's own name for it is not wanted. */
      readonly symbol?: string | undefined;
      readonly speed: number | "max";
    }
  | { readonly kind: "none" };

export interface Options {
  readonly catalog: Catalog.Catalog;
  readonly source: Source;
  readonly retention: Retention.Options;
  readonly publisher?: Publisher.Options;
}

/** How often one looks whether a replay has someone to play to. */
const WAIT_MS = 200;
/** How long fed prices of an instant may take to arrive before its slot is ticked. */
const SETTLE_MS = 250;

/** The stages that follow from what is in the journal, each over these partitions, in fibers of the scope. */
export const stages = Effect.fnUntraced(function* (
  catalog: Catalog.Catalog,
  partitions: ReadonlyArray<number>,
) {
  const definitions = [yield* Runtime.make(catalog), yield* Risk.make, yield* Execution.make];
  for (const definition of definitions) yield* Effect.forkScoped(Stage.run(definition, partitions));
});

/** How often one looks for events that nobody came to publish. */
const REPAIR = Schedule.spaced("5 seconds");

/** How far behind every stage is, for those who watch. */
const observeLag = Effect.gen(function* () {
  const journal = yield* Journal;
  let seen: ReadonlyArray<Lag> = [];
  const tell = ({ stage, topic, partition }: Lag, waiting: number) =>
    Metric.update(Metrics.journalLag(stage, topic, partition), waiting);
  const look = Effect.gen(function* () {
    seen = yield* journal.lag;
    for (const lag of seen) yield* tell(lag, lag.head - lag.position);
  });
  // Another process tells of it from now on; what was last seen here would stand for ever.
  yield* Effect.addFinalizer(() => Effect.forEach(seen, (lag) => tell(lag, 0), { discard: true }));
  return yield* look.pipe(Effect.ignore, Effect.repeat(Schedule.spaced("5 seconds")));
});

/** What this process is in charge of, for those who watch. */
const observeDuties = Effect.gen(function* () {
  const ownership = yield* Ownership;
  const held = yield* ownership.held;
  for (const role of ownership.roles) {
    yield* Metric.update(Metrics.duties(role), held.filter((duty) => duty.role === role).length);
  }
}).pipe(Effect.repeat(Schedule.spaced("1 second")));

/**
 * Transactions of a stage at the same time, over different partitions: while one waits for Postgres, which may be
 * a network away, the next is being decided. The embedded database has one session, and so one hand.
 */
const HANDS = 2;

/** The three stages, each partition of each where it belongs. */
const own = Effect.fnUntraced(function* (definition: Stage.Definition, role: Role) {
  const ownership = yield* Ownership;
  if (!ownership.roles.has(role)) return;
  const { partitions } = yield* Database;
  const desks: Array<Stage.Desk> = [];
  for (let hand = 0; hand < (ownership.isAlone ? 1 : HANDS); hand++)
    desks.push(yield* Stage.open(definition));
  // Together, or each would wait for a batch of its own when this process stops.
  const shift = yield* Scope.fork(yield* Effect.scope, "parallel");
  for (let place = 0; place < partitions; place++) {
    const desk = desks[place % desks.length];
    if (desk !== undefined)
      yield* ownership.take({ role, place }, desk.work(place)).pipe(Scope.provide(shift));
  }
});

const market = (source: Source, series: BarSeries | null) => {
  if (source.kind === "sim") {
    const { symbols, seed } = source;
    const simulator = Simulator.run({ symbols, seed, leadMs: Simulator.LEAD_MS });
    return again("the market", simulator);
  }
  return source.kind === "none" || series === null
    ? Effect.void
    : again("the replay", Replay.play(source.file, series, { speed: source.speed, waitMs: WAIT_MS }));
};

/** A replay ticks by itself: its clock is the file's. */
const scheduler = (source: Source) =>
  source.kind === "replay"
    ? Effect.void
    : again(
        "the scheduler",
        Scheduler.run({ ...Scheduler.standard, settleMs: source.kind === "none" ? SETTLE_MS : 0 }),
      );

/** As `layerShared`, by the clock and the publisher it is given. */
export const layerGiven = ({ catalog, source, retention }: Omit<Options, "publisher">) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const ownership = yield* Ownership;
      if (ownership.isAlone) yield* Soundness.check;
      // A file that cannot be played stops the start, before anything is moved.
      const isPlayed = source.kind === "replay" && ownership.roles.has("market");
      const series = isPlayed ? yield* ReplayFile.read(source.file, source.symbol) : null;
      if (ownership.roles.has("runtime")) yield* Strangers.warn(catalog);
      yield* own(yield* Runtime.make(catalog), "runtime");
      yield* own(yield* Risk.make, "risk");
      yield* own(yield* Execution.make, "execution");
      if (ownership.isAlone) yield* Progress.caughtUp;
      yield* ownership.take(
        { role: "housekeeping", place: 0 },
        again("the removal of old rows", Retention.run(retention)),
      );
      yield* ownership.take(
        { role: "housekeeping", place: 1 },
        again("the watch over the stages", observeLag),
      );
      const { repair } = yield* Publisher.Publisher;
      yield* ownership.take(
        { role: "housekeeping", place: 2 },
        again("the repair of what was left unsaid", Effect.repeat(repair, REPAIR)),
      );
      yield* ownership.take({ role: "market", place: 0 }, market(source, series));
      yield* ownership.take({ role: "scheduler", place: 0 }, scheduler(source));
      yield* Effect.forkScoped(observeDuties);
    }),
  );

/**
 * As much of the pipeline as falls to this process. Where it is the only one, what a former process left undone is
 * done before the first new tick. Closing the scope lets each stage finish the batch it is in.
 */
export const layerShared = ({ publisher = Publisher.embedded, ...options }: Options) =>
  layerGiven(options).pipe(
    Layer.provide(Publisher.layer(publisher)),
    // Live, the replay's clock lies idle beside the machine's.
    Layer.provide(
      options.source.kind === "replay"
        ? ReplayTimeline.layer
        : Layer.merge(ReplayTimeline.layer, LiveTimeline.layer),
    ),
  );

/** The whole pipeline in this process. */
export const layer = (options: Options) => layerShared(options).pipe(Layer.provide(SoleOwnership.layer()));
