// A thread of a sweep: runs the backtests whose numbers it is given.
import { workerData } from "node:worker_threads";
import * as StrategyFile from "@strom/adapters/files/StrategyFile.ts";
import type { Strategy } from "@strom/core";
import { Catalog, Sweep } from "@strom/core";
import { Effect } from "effect";
import type { Job } from "./Job.ts";
import { placeOf } from "./Job.ts";
import { serve } from "./Thread.ts";

const job: Job = workerData;

const strategyOf = async ({ file, key }: Job["strategy"]): Promise<Strategy.Any> => {
  const known = file === null ? Catalog.builtIn : await Effect.runPromise(StrategyFile.load(file));
  const strategy = known.find((one) => one.key === key);
  if (strategy === undefined) throw new Error(`${file ?? "the catalog"} has no strategy ${key}`);
  return strategy;
};

const strategy = await strategyOf(job.strategy);

serve((number): Sweep.Row => {
  const { window, candidate } = placeOf(job, number);
  const span = job.windows?.[window];
  const { bars, candidates, options } = job;
  return Sweep.evaluate(
    {
      ...options,
      bars,
      strategy,
      candidates,
      ...(span === undefined ? {} : { from: span.from, to: span.to }),
    },
    candidate,
  );
});
