import { createHash } from "node:crypto";
import { Result } from "effect";
import { BacktestInvalid } from "../Backtest.ts";
import * as Given from "../backtest/Given.ts";
import * as Catalog from "../Catalog.ts";
import type { Digest } from "../Digest.ts";
import * as Sweep from "../Sweep.ts";
import * as WalkForward from "../WalkForward.ts";
import type { Crew, Settings, Sweeps, Threads, Watch } from "./Asked.ts";
import * as Plain from "./Plain.ts";
import * as Pool from "./Pool.ts";
import type { Named, SweepJob, Written } from "./SweepJob.ts";
import * as Job from "./SweepJob.ts";

export type { Crew, Location, Settings, Signal, Sweeps, Threads, Watch } from "./Asked.ts";

/** `Sweep` and `WalkForward` on all processors: the same results, to the digest. */

/** Fewer bars in all than this are done before threads have started. */
const WORTH_THREADS = 30_000_000;

/** Bars of all sets after which a thread tells of them: some tenths of a second. */
const BARS_A_MESSAGE = 5_000_000;

const builtIn = Catalog.make(Catalog.builtIn);

/** This file's neighbor: the source in the repository, what was built of it in the package. */
const SCRIPT = new URL(
  import.meta.url.endsWith(".ts") ? "./SweepThread.ts" : "./SweepThread.js",
  import.meta.url,
);

/** How a thread finds a strategy again. */
const name = (options: Sweep.Options, module: Crew["module"]): Result.Result<Named, BacktestInvalid> => {
  const { strategy, catalog = builtIn } = options;
  const found: unknown = typeof strategy === "string" ? Catalog.find(catalog, strategy) : strategy;
  const key = Given.isStrategy(found) ? found.key : String(strategy);
  // What is wrong with a key that nobody knows, or with what is no strategy, is told as the first set alone would tell it.
  if (!Given.isStrategy(found)) {
    const first = Sweep.run({ ...options, candidates: options.candidates.slice(0, 1) });
    return Result.map(first, () => ({ module: null, key }));
  }
  if (Catalog.find(builtIn, key) === found) return Result.succeed({ module: null, key });
  if (module !== undefined)
    return Result.succeed({ module: typeof module === "string" ? module : module.href, key });
  const message = `${key} is not built in: threads need the module that exports it, such as new URL("./mine.js", import.meta.url)`;
  return Result.fail(new BacktestInvalid({ errors: [{ path: "module", message }] }));
};

/** What is asked for, read once, and how a thread finds its strategy. */
const prepared = <A extends Sweep.Options>(asked: A, module: Crew["module"]) =>
  Result.flatMap(Sweep.read(asked), (options) =>
    Result.map(name(options, module), (named) => ({ options, named })),
  );

const digest = (texts: ReadonlyArray<string>): Digest =>
  createHash("sha256")
    .update(`[${texts.join(",")}]`)
    .digest("hex");

const finish = (written: ReadonlyArray<Written>, metric: Sweep.Metric | undefined): Sweep.Sweep =>
  Sweep.finish(
    written.map(({ row }) => row),
    metric,
    digest(written.map(({ text }) => text)),
  );

const barsOf = ({ bars }: Sweep.Options): number => bars.reduce((sum, one) => sum + one.length, 0);

/** Threads for as many sweeps as are wanted. They are started at once, and end with `close`. */
export const open = ({ module, threads, script = SCRIPT }: Crew = {}): Threads => {
  const pool = Pool.open<SweepJob, Written>({ script, threads });

  const rows = (job: SweepJob, options: Sweep.Options, { onProgress, signal }: Watch) => {
    const count = Job.count(job);
    return pool.map({
      work: job,
      count,
      batch: Math.ceil(BARS_A_MESSAGE / Math.max(1, barsOf(options))),
      onDone: (done) => onProgress?.({ done, of: count }),
      signal,
    });
  };

  return {
    sweep: async (asked, watch = {}) => {
      const ready = prepared(asked, module);
      if (Result.isFailure(ready)) return Result.fail(ready.failure);
      const { options, named } = ready.success;
      const written = await rows(Job.make(named, options, null), options, watch);
      return Sweep.accepted(finish(written, options.metric));
    },
    walkForward: async (asked, watch = {}) => {
      const ready = prepared(asked, module);
      if (Result.isFailure(ready)) return Result.fail(ready.failure);
      const { options, named } = ready.success;
      const found = WalkForward.windows(options);
      if (Result.isFailure(found)) return Result.fail(found.failure);
      const windows = found.success;
      const spans = windows.map(({ train }) => train);
      const written = await rows(Job.make(named, options, spans), options, watch);
      const each = options.candidates.length;
      const sweeps = windows.map((_, i) => finish(written.slice(i * each, (i + 1) * each), options.metric));
      return WalkForward.finish(options, windows, sweeps);
    },
    close: pool.close,
  };
};

/** Whether the work is less than the start of threads; `threads` asked for by number are always started. */
const isSmall = (options: Sweep.Options, { threads }: Crew, windows: number): boolean =>
  threads === undefined && barsOf(options) * options.candidates.length * windows < WORTH_THREADS;

/** Threads for one piece of work: never more of them than it has jobs. */
const once = async <A>(
  settings: Settings,
  jobs: number,
  work: (threads: Threads) => Promise<A>,
): Promise<A> => {
  const crew = open({ ...settings, threads: Math.min(jobs, settings.threads ?? Pool.usual()) });
  try {
    return await work(crew);
  } finally {
    await crew.close();
  }
};

/** `Sweep.run` on threads of its own. */
export const sweep: Sweeps<Settings>["sweep"] = async (asked, settings = {}) => {
  const ready = Sweep.read(asked);
  if (Result.isFailure(ready)) return Result.fail(ready.failure);
  const options = ready.success;
  return isSmall(options, settings, 1)
    ? Plain.sweep(options, settings)
    : once(settings, options.candidates.length, (threads) => threads.sweep(options, settings));
};

/** `WalkForward.run` on threads of its own. */
export const walkForward: Sweeps<Settings>["walkForward"] = async (asked, settings = {}) => {
  const ready = Sweep.read(asked);
  if (Result.isFailure(ready)) return Result.fail(ready.failure);
  const options = ready.success;
  const windows = WalkForward.windows(options);
  if (Result.isFailure(windows)) return Result.fail(windows.failure);
  const { length } = windows.success;
  return isSmall(options, settings, length)
    ? Plain.walkForward(options, settings)
    : once(settings, options.candidates.length * length, (threads) => threads.walkForward(options, settings));
};
