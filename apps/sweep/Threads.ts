import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { Effect, Schema } from "effect";

/** A thread that broke: the work it was doing can be done by no other either. */
export class ThreadBroke extends Schema.TaggedError<ThreadBroke>()("ThreadBroke", {
  message: Schema.String,
}) {}

/** A stretch of jobs, `to` excluded, and what came of them. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}
export interface Done<A> extends Stretch {
  readonly results: ReadonlyArray<A>;
}

export interface Options {
  /** The module a thread runs; it calls `serve` of `Thread.ts`. */
  readonly script: URL;
  /** What every thread is given at its start; arrays over a SharedArrayBuffer are not copied. */
  readonly workerData: unknown;
  /** Jobs are numbered from 0. */
  readonly count: number;
  /** Default: as many as this machine runs at once. */
  readonly threads?: number | undefined;
  readonly onDone?: ((done: number) => void) | undefined;
}

/** Short enough that the threads end together, long enough that messages cost nothing beside the work. */
const STRETCHES_A_THREAD = 8;

/**
 * The result of every job, in the order of their numbers, however the threads divided them. Each thread takes the
 * next stretch when it is done with its last.
 */
export const map = <A>({
  script,
  workerData,
  count,
  threads = availableParallelism(),
  onDone = () => {},
}: Options): Effect.Effect<ReadonlyArray<A>, ThreadBroke> =>
  Effect.acquireUseRelease(
    Effect.sync(() =>
      Array.from({ length: Math.max(1, Math.min(threads, count)) }, () => new Worker(script, { workerData })),
    ),
    (workers) =>
      Effect.tryPromise({
        try: () => divide<A>(workers, count, onDone),
        catch: (cause) =>
          new ThreadBroke({ message: cause instanceof Error ? cause.message : String(cause) }),
      }),
    (workers) => Effect.promise(() => Promise.all(workers.map((worker) => worker.terminate()))),
  );

const divide = <A>(
  workers: ReadonlyArray<Worker>,
  count: number,
  onDone: (done: number) => void,
): Promise<ReadonlyArray<A>> =>
  new Promise((resolve, reject) => {
    const results: Array<A> = new Array(count);
    const size = Math.max(1, Math.ceil(count / (workers.length * STRETCHES_A_THREAD)));
    let next = 0;
    let done = 0;
    const give = (worker: Worker): void => {
      if (next >= count) return;
      const stretch: Stretch = { from: next, to: Math.min(count, next + size) };
      next = stretch.to;
      worker.postMessage(stretch);
    };
    if (count === 0) resolve(results);
    for (const worker of workers) {
      worker.on("error", reject);
      worker.on("exit", (code) => reject(new Error(`a thread ended by itself, with code ${code}`)));
      worker.on("message", ({ from, to, results: part }: Done<A>) => {
        part.forEach((result, i) => {
          results[from + i] = result;
        });
        done += to - from;
        onDone(done);
        if (done === count) resolve(results);
        else give(worker);
      });
      give(worker);
    }
  });
