// A thread of the long run's simulations: lives the world of each seed it takes, and says what was wrong in it.
import * as Judge from "@strom/apps/simulation/Judge.ts";
import { Thread } from "@strom/core/threads";

export interface Work {
  readonly from: number;
  readonly ticks: number;
}

export interface Lived {
  readonly findings: ReadonlyArray<string>;
  /** Faults that struck. */
  readonly struck: number;
}

Thread.serve(async ({ from, ticks }: Work) => (job): Lived => {
  const { findings, outcome } = Judge.judge({ seed: from + job, ticks });
  const struck = [...outcome.faults.values()].reduce((sum, strikes) => sum + strikes, 0);
  return { findings, struck };
});
