import { parentPort } from "node:worker_threads";
import type { Done, Stretch } from "./Threads.ts";

/** Serves jobs in a thread that `Threads.map` started, until it is ended. */
export const serve = <A>(job: (index: number) => A): void => {
  parentPort?.on("message", ({ from, to }: Stretch) => {
    const results = Array.from({ length: to - from }, (_, i) => job(from + i));
    const done: Done<A> = { from, to, results };
    parentPort?.postMessage(done);
  });
};
