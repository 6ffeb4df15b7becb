import type { Any as Strategy } from "../Strategy.ts";
import type { Named, SweepJob, Written } from "./SweepJob.ts";
import * as Job from "./SweepJob.ts";
import * as Thread from "./Thread.ts";

/** Makes this module a thread of sweeps, which finds its strategies as it is told. Throws where there is none. */
export const serve = (find: (named: Named) => Promise<Strategy>): void =>
  Thread.serve<SweepJob, Written>(async (job) => {
    const strategy = await find(job.strategy);
    return (number) => Job.run(job, strategy, number);
  });
