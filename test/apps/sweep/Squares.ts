// A thread for the tests of Threads: squares its jobs, and breaks at the one it is told to.
import { workerData } from "node:worker_threads";
import { serve } from "@strom/apps/sweep/Thread.ts";

const { breaksAt, exitsAt }: { readonly breaksAt?: number; readonly exitsAt?: number } = workerData;

serve((index) => {
  if (index === breaksAt) throw new Error(`job ${index} cannot be done`);
  if (index === exitsAt) process.exit(7);
  return index * index;
});
