import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Scope } from "effect";
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
  /** Default: as many as this machine runs at once. */
  readonly threads?: number | undefined;
}

/** Threads that have started and wait for work. */
export interface Threads<A> {
  /**
   * The result of every job from 0 to `count`, in the order of their numbers, however the threads divided them. Each
   * thread takes the next stretch when it is done with its last.
   */
  readonly map: (
    count: number,
    onDone?: (done: number) => void,
  ) => Effect.Effect<ReadonlyArray<A>, ThreadBroke>;
}

/** Short enough that the threads end together, long enough that messages cost nothing beside the work. */
const STRETCHES_A_THREAD = 8;

/** Threads for the life of the scope. */
export const open = <A>({
  script,
  workerData,
  threads = availableParallelism(),
}: Options): Effect.Effect<Threads<A>, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => Array.from({ length: Math.max(1, threads) }, () => new Worker(script, { workerData }))),
    (workers) => Effect.promise(() => Promise.all(workers.map((worker) => worker.terminate()))),
  ).pipe(
    Effect.map((workers) => ({
      map: (count, onDone = () => {}) =>
        Effect.tryPromise({
          try: () => divide<A>(workers, count, onDone),
          catch: (cause) =>
            new ThreadBroke({ message: cause instanceof Error ? cause.message : String(cause) }),
        }),
    })),
  );

/** The results of one piece of work, on threads of its own: never more of them than there are jobs. */
export const map = <A>(
  options: Options & { readonly count: number; readonly onDone?: ((done: number) => void) | undefined },
): Effect.Effect<ReadonlyArray<A>, ThreadBroke> => {
  const threads = Math.min(options.threads ?? availableParallelism(), options.count);
  return open<A>({ ...options, threads }).pipe(
    Effect.flatMap((opened) => opened.map(options.count, options.onDone)),
    Effect.scoped,
  );
};

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
    const undo: Array<() => void> = [];
    const settle = (end: () => void): void => {
      for (const step of undo) step();
      end();
    };
    if (count === 0) resolve(results);
    for (const worker of workers) {
      const onError = (cause: Error): void => settle(() => reject(cause));
      const onExit = (code: number): void =>
        settle(() => reject(new Error(`a thread ended by itself, with code ${code}`)));
      const onMessage = ({ from, to, results: part }: Done<A>): void => {
        part.forEach((result, i) => {
          results[from + i] = result;
        });
        done += to - from;
        onDone(done);
        if (done === count) settle(() => resolve(results));
        else give(worker);
      };
      worker.on("error", onError).on("exit", onExit).on("message", onMessage);
      undo.push(() => worker.off("error", onError).off("exit", onExit).off("message", onMessage));
      give(worker);
    }
  });
