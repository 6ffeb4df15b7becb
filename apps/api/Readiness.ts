import { Database, EventBus } from "@strom/core/ports";
import { Clock, Context, Effect, Layer } from "effect";
import * as ClockDifference from "../ClockDifference.ts";

/** What a dependency answered: how long it took, or why it does not answer. */
export interface Health {
  readonly name: string;
  readonly isReady: boolean;
  readonly latencyMs: number;
  readonly detail: string | null;
}

export interface Probe {
  readonly name: string;
  /** Succeeds when the dependency can be used; its latency in ms, or null to have the probe timed. */
  readonly check: Effect.Effect<number | null, string>;
}

/** What must answer before requests should come here. Parts of the process add their own probes. */
export class Readiness extends Context.Service<
  Readiness,
  {
    readonly add: (probe: Probe) => Effect.Effect<void>;
    readonly ask: Effect.Effect<ReadonlyArray<Health>>;
  }
>()("strom/apps/Readiness") {}

/** A dependency that does not answer within this is not ready. */
const patience = "2 seconds";

const ask = ({ name, check }: Probe): Effect.Effect<Health> =>
  Effect.gen(function* () {
    const startedAt = yield* Clock.currentTimeMillis;
    const answer = yield* check.pipe(
      Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.fail("no answer within 2 s") }),
      Effect.catchDefect(() => Effect.fail("failed")),
      Effect.result,
    );
    const tookMs = (yield* Clock.currentTimeMillis) - startedAt;
    return answer._tag === "Success"
      ? { name, isReady: true, latencyMs: answer.success ?? tookMs, detail: null }
      : { name, isReady: false, latencyMs: tookMs, detail: answer.failure };
  });

const make = (initial: ReadonlyArray<Probe>): Readiness["Service"] => {
  const probes = [...initial];
  return Readiness.of({
    add: (probe) => Effect.sync(() => void probes.push(probe)),
    ask: Effect.suspend(() => Effect.forEach(probes, ask, { concurrency: "unbounded" })),
  });
};

/** Of a process that depends on nothing until it says so. */
export const layerEmpty: Layer.Layer<Readiness> = Layer.sync(Readiness, () => make([]));

/** Of a process that works on the record. */
export const layer: Layer.Layer<Readiness, never, Database | EventBus> = Layer.effect(
  Readiness,
  Effect.gen(function* () {
    const database = yield* Database;
    const bus = yield* EventBus;
    return make([
      {
        name: "database",
        check: Effect.gen(function* () {
          const pulse = yield* Effect.mapError(database.pulse, () => "does not answer");
          const aheadMs = (yield* Clock.currentTimeMillis) - pulse.at;
          if (Math.abs(aheadMs) <= ClockDifference.msMax + pulse.latencyMs) return pulse.latencyMs;
          return yield* Effect.fail(`its clock differs from ours by ${Math.round(aheadMs)} ms`);
        }),
      },
      { name: "bus", check: Effect.mapError(bus.pulse, () => "does not answer") },
    ]);
  }),
);
