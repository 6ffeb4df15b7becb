import { cpus } from "node:os";
import type { Sweep } from "@strom/core";
import { Catalog, ParameterSpace } from "@strom/core";
import { Threads } from "@strom/core/threads";
import { Result } from "effect";
import type { Figure } from "./Figure.ts";
import { columns } from "./Walk.ts";

export const name = "sweeps";
export const about = "a sweep of 1,000 sets over 10,000 bars, on one thread and on all processors";

const BARS = 10_000;
const WARMUPS = 3;
const ROUNDS = 15;

/**
 * Threads that a program keeps open for its sweeps. They take turns, so that a busy moment of the machine falls on
 * both; the first turns, in which each thread compiles what it runs, do not count. Beside them, threads that are started
 * for one sweep and end with it.
 */
export const run = async (): Promise<ReadonlyArray<Figure>> => {
  const strategy = Catalog.builtIn.find(({ key }) => key === "ema_crossover");
  if (strategy === undefined) throw new Error("no ema_crossover");
  const axes = { ema_fast: { from: 2, to: 26 }, ema_slow: { from: 30, to: 225, step: 5 } };
  const { candidates } = Result.getOrThrow(ParameterSpace.grid(strategy, axes));
  const options: Sweep.Options = { bars: [columns(BARS)], strategy, candidates };
  const processors = cpus().length;

  const startedAt = performance.now();
  Result.getOrThrow(await Threads.sweep(options, { threads: processors }));
  const once = (performance.now() - startedAt) / 1000;

  const contestants = [1, processors].map((threads) => {
    return { crew: Threads.open({ threads }), seconds: Number.POSITIVE_INFINITY, digest: "" };
  });
  for (let round = 0; round < WARMUPS + ROUNDS; round++) {
    for (const one of contestants) {
      const startedAt = performance.now();
      one.digest = Result.getOrThrow(await one.crew.sweep(options)).digest;
      const seconds = (performance.now() - startedAt) / 1000;
      if (round >= WARMUPS) one.seconds = Math.min(one.seconds, seconds);
    }
  }
  await Promise.all(contestants.map(({ crew }) => crew.close()));
  const [one, all] = contestants;
  if (one === undefined || all === undefined) throw new Error("nobody swept");
  if (one.digest !== all.digest) throw new Error(`not the same sweep: ${one.digest} and ${all.digest}`);
  const speed = (seconds: number) => (candidates.length * BARS) / 1e6 / seconds;
  const unit = "million bars a second";
  return [
    { what: "sets tried", value: candidates.length, unit: "" },
    { what: `on ${processors} threads started for it`, value: speed(once), unit },
    { what: "on one thread", value: speed(one.seconds), unit },
    { what: `on ${processors} threads`, value: speed(all.seconds), unit },
    { what: "as many times faster", value: one.seconds / all.seconds, unit: "", atLeast: 0.9 * processors },
  ];
};
