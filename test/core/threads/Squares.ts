// A thread for the tests of pools: squares its jobs, and breaks at the one it is told to.
import { Thread } from "@strom/core/threads";

export interface Work {
  readonly breaksAt?: number;
  readonly exitsAt?: number;
}

Thread.serve(async ({ breaksAt, exitsAt }: Work) => (job) => {
  if (job === breaksAt) throw new Error(`job ${job} cannot be done`);
  if (job === exitsAt) process.exit(7);
  return job * job;
});
