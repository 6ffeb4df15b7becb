import { parentPort } from "node:worker_threads";

/** Work for a thread: jobs from 0 to `count`, of which it takes the next that nobody has taken, until there is none. */
export interface Ask<W> {
  readonly id: number;
  readonly work: W;
  /** The next job to take, in memory that all threads see. */
  readonly next: Int32Array;
  readonly count: number;
  /** Results told at once. */
  readonly batch: number;
}

/** Results, each with the number of its job. */
export interface Done<A> {
  readonly id: number;
  readonly jobs: ReadonlyArray<number>;
  readonly results: ReadonlyArray<A>;
}

/** Serves a pool that started this thread, until it is ended. */
export const serve = <W, A>(prepare: (work: W) => Promise<(job: number) => A>): void => {
  const answer = async ({ id, work, next, count, batch }: Ask<W>): Promise<void> => {
    const run = await prepare(work);
    let jobs: Array<number> = [];
    let results: Array<A> = [];
    const tell = (): void => {
      const done: Done<A> = { id, jobs, results };
      parentPort?.postMessage(done);
      jobs = [];
      results = [];
    };
    for (let job = Atomics.add(next, 0, 1); job < count; job = Atomics.add(next, 0, 1)) {
      results.push(run(job));
      jobs.push(job);
      if (jobs.length === batch) tell();
    }
    if (jobs.length > 0) tell();
  };
  parentPort?.on("message", (ask: Ask<W>) => void answer(ask));
};
