import { pathToFileURL } from "node:url";
import type { Backtest, Strategy, Sweep, WalkForward } from "@strom/core";
import { Threads } from "@strom/core/threads";
import type { Result } from "effect";
import { Effect, Schema } from "effect";

/** `Sweep` and `WalkForward` on all processors, for strategies of files: the same results, to the digest. */

/** A thread that broke: the work it was doing can be done by no other either. */
export class ThreadBroke extends Schema.TaggedError<ThreadBroke>()("ThreadBroke", {
  message: Schema.String,
}) {}

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

const script = new URL("./SweepThread.ts", import.meta.url);

/** Work on threads that end with it, also when it is interrupted. */
const divided = <A>(
  { file }: Found,
  { threads, onDone }: Settings,
  work: (settings: Threads.Settings) => Promise<A>,
): Effect.Effect<A, ThreadBroke> =>
  Effect.tryPromise({
    try: (signal) =>
      work({
        ...(file === null ? {} : { module: pathToFileURL(file), script }),
        threads,
        signal,
        onProgress: ({ done, of }) => onDone?.(done, of),
      }),
    catch: (cause) => new ThreadBroke({ message: cause instanceof Error ? cause.message : String(cause) }),
  });

type Answer<A> = Effect.Effect<Result.Result<A, Backtest.BacktestInvalid>, ThreadBroke>;

/** Every set of a sweep. */
export const sweep = (found: Found, options: Sweep.Options, settings: Settings = {}): Answer<Sweep.Sweep> =>
  divided(found, settings, (asked) => Threads.sweep({ ...options, strategy: found.strategy }, asked));

/** Every set of every window, and then the tests one after the other. */
export const walkForward = (
  found: Found,
  options: WalkForward.Options,
  settings: Settings = {},
): Answer<WalkForward.WalkForward> =>
  divided(found, settings, (asked) => Threads.walkForward({ ...options, strategy: found.strategy }, asked));
