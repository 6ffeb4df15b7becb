import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Location, Signal } from "./Asked.ts";
import type { Ask, Done } from "./Thread.ts";

/** As many threads as this machine runs at once. */
export const usual = (): number => availableParallelism();

export interface Options {
  /** The module a thread runs; it calls `serve` of `Thread.ts`. */
  readonly script: Location;
  /** Default: as many as this machine runs at once. */
  readonly threads?: number | undefined;
}

export interface Work<W> {
  /** What a thread must know to do any of the jobs; arrays over a SharedArrayBuffer are not copied. */
  readonly work: W;
  readonly count: number;
  /** Results told at once, at most. */
  readonly batch?: number | undefined;
  readonly onDone?: ((done: number) => void) | undefined;
  readonly signal?: Signal | undefined;
}

/** Threads that have been started, and take jobs as they come to them. */
export interface Pool<W, A> {
  /**
   * The result of every job from 0 to `count`, in the order of their numbers, however the threads divided them. Rejected
   * with what a thread threw; such a pool is broken and does no more.
   */
  readonly map: (work: Work<W>) => Promise<ReadonlyArray<A>>;
  readonly close: () => Promise<void>;
}

/** A piece of work that is under way. */
interface Pending<A> {
  readonly take: (done: Done<A>) => void;
  readonly fail: (cause: unknown) => void;
}

/** Messages a thread sends for its share of a work, at least where the jobs are enough. */
const MESSAGES_A_THREAD = 8;

/** Starts threads; they keep the process alive only while they work. */
export const open = <W, A>({ script, threads = usual() }: Options): Pool<W, A> => {
  const pending = new Map<number, Pending<A>>();
  let broken: { readonly cause: unknown } | null = null;
  let asked = 0;
  const fail = (cause: unknown): void => {
    broken ??= { cause };
    for (const one of [...pending.values()]) one.fail(cause);
  };
  const workers = Array.from({ length: Math.max(1, threads) }, () => {
    const worker = new Worker(new URL(script.href));
    worker.unref();
    return worker
      .on("message", (done: Done<A>) => pending.get(done.id)?.take(done))
      .on("error", fail)
      .on("messageerror", fail)
      .on("exit", (code) => fail(new Error(`a thread ended by itself, with code ${code}`)));
  });
  const begin = (id: number, one: Pending<A>): void => {
    if (pending.size === 0) for (const worker of workers) worker.ref();
    pending.set(id, one);
  };
  const end = (id: number): void => {
    if (pending.delete(id) && pending.size === 0) for (const worker of workers) worker.unref();
  };

  const map = ({ work, count, batch, onDone, signal }: Work<W>): Promise<ReadonlyArray<A>> =>
    new Promise((resolve, reject) => {
      if (broken !== null) return reject(broken.cause);
      if (signal?.aborted === true) return reject(signal.reason);
      const results: Array<A> = new Array(count);
      if (count === 0) return resolve(results);
      const id = asked++;
      const next = new Int32Array(new SharedArrayBuffer(4));
      const share = Math.max(1, Math.ceil(count / (workers.length * MESSAGES_A_THREAD)));
      let done = 0;
      const stop = (): void => {
        signal?.removeEventListener("abort", abort);
        end(id);
      };
      const abort = (): void => {
        // Nothing is left to take.
        Atomics.store(next, 0, count);
        stop();
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", abort);
      begin(id, {
        take: ({ jobs, results: part }) => {
          jobs.forEach((job, i) => {
            const result = part[i];
            if (result !== undefined) results[job] = result;
          });
          done += jobs.length;
          onDone?.(done);
          if (done < count) return;
          stop();
          resolve(results);
        },
        fail: (cause) => {
          stop();
          reject(cause);
        },
      });
      const ask: Ask<W> = { id, work, next, count, batch: Math.max(1, Math.min(batch ?? share, share)) };
      for (const worker of workers) worker.postMessage(ask);
    });

  return {
    map,
    close: async () => {
      fail(new Error("the threads were closed"));
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
};
