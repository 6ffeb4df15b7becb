import { cpus } from "node:os";
import * as Parallel from "@strom/apps/sweep/Parallel.ts";
import type { Sweep } from "@strom/core";
import { Catalog, ParameterSpace } from "@strom/core";
import { Effect, Result } from "effect";
import type { Figure } from "./Figure.ts";
import { columns } from "./Walk.ts";

export const name = "sweeps";
export const about = "a sweep of 1,000 sets over 10,000 bars, on one thread and on all processors";

const BARS = 10_000;
const ROUNDS = 5;

/** Threads that have started and compiled what they run; that takes each of them half a second, once. */
export const run = async (): Promise<ReadonlyArray<Figure>> => {
  const strategy = Catalog.builtIn.find(({ key }) => key === "ema_crossover");
  if (strategy === undefined) throw new Error("no ema_crossover");
  const axes = { ema_fast: { from: 2, to: 26 }, ema_slow: { from: 30, to: 225, step: 5 } };
  const { candidates } = Result.getOrThrow(ParameterSpace.grid(strategy, axes));
  const options: Sweep.Options = { bars: [columns(BARS)], strategy, candidates };
  const processors = cpus().length;
  const found = { strategy, file: null };
  const timed = (threads: number) =>
    Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const sweep = yield* Parallel.open(found, options, threads);
          const { digest } = yield* sweep;
          let seconds = Number.POSITIVE_INFINITY;
          for (let round = 0; round < ROUNDS; round++) {
            const startedAt = performance.now();
            yield* sweep;
            seconds = Math.min(seconds, (performance.now() - startedAt) / 1000);
          }
          return { seconds, digest };
        }),
      ),
    );
  const one = await timed(1);
  const all = await timed(processors);
  if (one.digest !== all.digest) throw new Error(`not the same sweep: ${one.digest} and ${all.digest}`);
  return [
    { what: "sets tried", value: candidates.length, unit: "" },
    {
      what: "on one thread",
      value: (candidates.length * BARS) / 1e6 / one.seconds,
      unit: "million bars a second",
    },
    {
      what: `on ${processors} threads`,
      value: (candidates.length * BARS) / 1e6 / all.seconds,
      unit: "million bars a second",
    },
    { what: "as many times faster", value: one.seconds / all.seconds, unit: "", atLeast: 0.9 * processors },
  ];
};
