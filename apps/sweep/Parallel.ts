import type { Backtest, Strategy } from "@strom/core";
import { Columns, Sweep, WalkForward } from "@strom/core";
import { Effect } from "effect";
import type { Job } from "./Job.ts";
import { countOf, share } from "./Job.ts";
import * as Threads from "./Threads.ts";

/** `Sweep` and `WalkForward` on all processors: the same results, to the digest. */

/** A strategy that a thread can find again. */
export interface Found {
  readonly strategy: Strategy.Any;
  /** The file it came from, null for a built-in one. */
  readonly file: string | null;
}

export interface Settings {
  readonly threads?: number | undefined;
  readonly onDone?: ((done: number, of: number) => void) | undefined;
}

const isColumns = (bars: Backtest.Options["bars"][number]): bars is Columns.Columns => "close" in bars;

/** Fewer bars in all than this are done before the threads have started. */
const WORTH_THREADS = 30_000_000;

const jobOf = (found: Found, options: Sweep.Options, windows: Job["windows"]): Job => {
  const { bars, candidates, risk, capital, fill, seed, fillAt, intervalMs, from, to, agentId } = options;
  return {
    strategy: { file: found.file, key: found.strategy.key },
    options: { risk, capital, fill, seed, fillAt, intervalMs, from, to, agentId },
    bars: bars.map((one) => share(isColumns(one) ? one : Columns.fromBars(one[0]?.symbol ?? "", one))),
    candidates,
    windows,
  };
};

/** The threads of a sweep, started once for as many runs of it as are wanted; for measuring. */
export const open = (found: Found, options: Sweep.Options, threads: number) =>
  Effect.map(
    Threads.open<Sweep.Row>({ script, workerData: jobOf(found, options, null), threads }),
    ({ map }) => Effect.map(map(options.candidates.length), (all) => Sweep.finish(all, options.metric)),
  );

const script = new URL("./SweepThread.ts", import.meta.url);

const rows = (job: Job, { threads, onDone = () => {} }: Settings) => {
  const count = countOf(job);
  return Threads.map<Sweep.Row>({
    script,
    workerData: job,
    count,
    threads,
    onDone: (done) => onDone(done, count),
  });
};

/** Whether the work is less than the start of threads; `threads` asked for by number are always started. */
const isSmall = (options: Sweep.Options, { threads }: Settings, windows: number): boolean => {
  const bars = options.bars.reduce((sum, one) => sum + one.length, 0);
  return threads === undefined && bars * options.candidates.length * windows < WORTH_THREADS;
};

/** Every set of a sweep. */
export const sweep = (
  found: Found,
  options: Sweep.Options,
  settings: Settings = {},
): Effect.Effect<Sweep.Sweep, Threads.ThreadBroke> =>
  isSmall(options, settings, 1)
    ? Effect.sync(() =>
        Sweep.finish(
          options.candidates.map((_, i) => Sweep.evaluate(options, i)),
          options.metric,
        ),
      )
    : Effect.map(rows(jobOf(found, options, null), settings), (all) => Sweep.finish(all, options.metric));

/** Every set of every window, and then the tests one after the other. */
export const walkForward = Effect.fnUntraced(function* (
  found: Found,
  options: WalkForward.Options,
  windows: ReadonlyArray<WalkForward.Window>,
  settings: Settings = {},
): Effect.fn.Return<WalkForward.WalkForward, Threads.ThreadBroke> {
  const each = options.candidates.length;
  const spans = windows.map(({ train }) => train);
  const all = isSmall(options, settings, windows.length)
    ? windows.flatMap((window) => {
        const training = WalkForward.training(options, window);
        return options.candidates.map((_, i) => Sweep.evaluate(training, i));
      })
    : yield* rows(jobOf(found, options, spans), settings);
  const sweeps = windows.map((_, i) => Sweep.finish(all.slice(i * each, (i + 1) * each), options.metric));
  return WalkForward.finish(options, windows, sweeps);
});
