import type { Result } from "effect";
import type { BacktestInvalid } from "../Backtest.ts";
import type * as Sweep from "../Sweep.ts";
import type * as WalkForward from "../WalkForward.ts";

/** What is asked of threads, alike where there are some and where there are none. */

/** The address of a module: a `URL`, or anything that has its `href`. */
export interface Location {
  readonly href: string;
}

/** An `AbortSignal`. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** How a piece of work is watched while it runs. */
export interface Watch {
  /** Told of the sets tried so far; the last word is all of them. */
  readonly onProgress?: ((progress: Sweep.Progress) => void) | undefined;
  /** Ends the work early: its promise is then rejected with the signal's reason. */
  readonly signal?: Signal | undefined;
}

/** Which threads, and what they need to know. */
export interface Crew {
  /**
   * The module that exports the strategy, when it is not a built-in one: code does not travel between threads, so each
   * of them imports it. `new URL("./mine.js", import.meta.url)`, or what a bare `import()` would take.
   */
  readonly module?: string | Location | undefined;
  /** Default: as many as this machine runs at once, and none at all for work smaller than their start. */
  readonly threads?: number | undefined;
  /** A thread of one's own, which finds strategies its own way: a module that calls `SweepServer.serve`. */
  readonly script?: Location | undefined;
}

export interface Settings extends Crew, Watch {}

type Answer<A> = Promise<Result.Result<A, BacktestInvalid>>;

/**
 * What is the same to the digest on however many threads. Rejected only with what a strategy throws, or with the reason
 * it was aborted for.
 */
export interface Sweeps<A = Watch> {
  /** Every set, as `Sweep.run` tries them. */
  readonly sweep: (options: Sweep.Options, settings?: A) => Answer<Sweep.Sweep>;
  /** Every set of every window, and then the tests one after the other: `WalkForward.run`. */
  readonly walkForward: (options: WalkForward.Options, settings?: A) => Answer<WalkForward.WalkForward>;
}

/** Threads that live over many sweeps: what they have compiled and imported they keep. */
export interface Threads extends Sweeps {
  /** Ends the threads. What they were at is rejected. */
  readonly close: () => Promise<void>;
}
