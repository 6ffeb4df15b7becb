import type { Catalog } from "@strom/core";
import { Database, Journal } from "@strom/core/ports";
import { Effect, Layer, Metric, Schedule } from "effect";
import * as Metrics from "../Metrics.ts";
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
  readonly journalDays: number;
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

/** How far behind every stage is, for those who watch. */
const observeLag = Effect.gen(function* () {
  const journal = yield* Journal;
  for (const { stage, topic, partition, head, position } of yield* journal.lag) {
    yield* Metric.update(Metrics.journalLag(stage, topic, partition), head - position);
  }
}).pipe(Effect.ignore, Effect.repeat(Schedule.spaced("5 seconds")));

const prices = Effect.fnUntraced(function* (source: Source) {
  if (source.kind === "sim") {
    yield* Simulator.run({ symbols: source.symbols, seed: source.seed, leadMs: Simulator.LEAD_MS });
  }
  const settleMs = source.kind === "none" ? SETTLE_MS : 0;
  yield* Effect.forkScoped(Scheduler.run({ ...Scheduler.standard, settleMs }));
});

/**
 * The whole pipeline in this process: every stage over every partition. What a former process left undone is done
 * before the first new tick; closing the scope lets each stage finish the batch it is in.
 */
export const layer = ({ catalog, source, journalDays, publisher = Publisher.embedded }: Options) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const { partitions } = yield* Database;
      // A file that cannot be played stops the start, before anything is moved.
      const series = source.kind === "replay" ? yield* ReplayFile.read(source.file, source.symbol) : null;
      yield* stages(
        catalog,
        Array.from({ length: partitions }, (_, partition) => partition),
      );
      yield* Progress.caughtUp;
      yield* Effect.forkScoped(observeLag);
      yield* Effect.forkScoped(Retention.run(journalDays));
      if (source.kind === "replay" && series !== null) {
        yield* Replay.play(source.file, series, { speed: source.speed, waitMs: WAIT_MS }).pipe(
          Effect.tapCause((cause) => Effect.logError("the replay stopped", cause)),
          Effect.forkScoped,
        );
      } else yield* prices(source);
    }),
  ).pipe(
    Layer.provide(Publisher.layer(publisher)),
    // Live, the replay's clock lies idle beside the machine's.
    Layer.provide(
      source.kind === "replay" ? ReplayTimeline.layer : Layer.merge(ReplayTimeline.layer, LiveTimeline.layer),
    ),
  );
