import { Result } from "effect";
import * as Backtest from "./Backtest.ts";
import * as BarData from "./backtest/BarData.ts";
import * as Given from "./backtest/Given.ts";
import * as Report from "./backtest/Report.ts";
import { Walk } from "./backtest/Walk.ts";
import type { Columns } from "./Columns.ts";
import type * as Digest from "./Digest.ts";
import type * as Performance from "./Performance.ts";
import type { Problem } from "./Problem.ts";
import * as Sweep from "./Sweep.ts";

/**
 * Choosing parameters as one would have had to: on the bars known by then, and trading them on the bars that came
 * after, window by window. Pardo, R. (2008), The Evaluation and Optimization of Trading Strategies, 2nd ed., ch. 11.
 */
export interface Options extends Sweep.Options {
  /** Bars of the first symbol to choose on, and to trade the choice on. */
  readonly trainBars: number;
  readonly testBars: number;
  /** Whether every window chooses on all bars from the first one on; otherwise on the last `trainBars`. Default false. */
  readonly isAnchored?: boolean | undefined;
}

/** A stretch of time: bars that end from the first to the last instant, both included; ms since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Window {
  readonly train: Span;
  readonly test: Span;
}

/** A window, what was chosen in it, and how that did before and after. */
export interface Fold extends Window {
  /** Null when no set had the figure to choose by; nothing is traded then. */
  readonly chosen: Sweep.Row | null;
  readonly tested: Performance.Performance | null;
}

export interface WalkForward {
  readonly metric: Sweep.Metric;
  readonly folds: ReadonlyArray<Fold>;
  /** Equity over all test windows, each beginning with what the one before it left. */
  readonly at: Float64Array;
  readonly equity: Float64Array;
  /** Of that equity: what the method made on bars it had not seen. */
  readonly performance: Performance.Performance;
  /**
   * Pardo's walk-forward efficiency: the yearly growth of the tests over that of the trainings, both averaged. Null
   * where there is none, or where even the trainings lost.
   */
  readonly efficiency: number | null;
  readonly digest: Digest.Digest;
}

const invalid = (path: string, message: string): Result.Result<never, Backtest.BacktestInvalid> =>
  Result.fail(new Backtest.BacktestInvalid({ errors: [{ path, message }] }));

const isCount = (value: number, least: number): boolean => Number.isInteger(value) && value >= least;

/** The windows of an asked-for walk. The last test takes what is left, two bars at least. */
export const windows = (options: Options): Result.Result<ReadonlyArray<Window>, Backtest.BacktestInvalid> => {
  const odd = Given.optionsProblem(options);
  if (odd !== undefined) return invalid(odd.path, odd.message);
  const { trainBars, testBars, isAnchored = false } = options;
  const errors: Array<Problem> = [];
  const [columns] = BarData.read(options.bars, options.intervalMs, errors);
  if (columns === undefined || errors.length > 0)
    return Result.fail(new Backtest.BacktestInvalid({ errors }));
  const span = BarData.spanProblem([columns], options.from, options.to);
  if (span !== undefined) return invalid(span.path, span.message);
  if (!isCount(trainBars, 2))
    return invalid("trainBars", `${trainBars} is refused: a whole number from 2 is needed`);
  if (!isCount(testBars, 2))
    return invalid("testBars", `${testBars} is refused: a whole number from 2 is needed`);
  const { start, end } = BarData.lane(columns, options.from, options.to);
  if (trainBars + 2 > end - start) {
    return invalid(
      "trainBars",
      `${trainBars} bars to choose on leave none of ${end - start} to trade; take fewer`,
    );
  }
  const found: Array<Window> = [];
  for (let test = start + trainBars; test + 2 <= end; test += testBars) {
    const last = Math.min(end, test + testBars);
    found.push({
      train: spanOf(columns, isAnchored ? start : test - trainBars, test),
      test: spanOf(columns, test, last),
    });
  }
  return Result.succeed(found);
};

const spanOf = ({ to }: Columns, first: number, end: number): Span => ({
  from: to[first] ?? 0,
  to: to[end - 1] ?? 0,
});

/** The sweep of a window's training. */
export const training = (options: Options, { train }: Window): Sweep.Options => ({
  ...options,
  from: train.from,
  to: train.to,
});

/**
 * Trades what each window's sweep chose on the bars after it, one window's end the next one's beginning. Fails when in
 * none of them there was a set to choose, or when the tests made more than an account may begin with.
 */
export const finish = (
  options: Options,
  found: ReadonlyArray<Window>,
  sweeps: ReadonlyArray<Sweep.Sweep>,
): Result.Result<WalkForward, Backtest.BacktestInvalid> => {
  const walk = new Walk(options);
  const folds: Array<Fold> = [];
  for (const [index, window] of found.entries()) {
    const fold = walk.test(window, sweeps[index]?.best ?? null);
    if (Result.isFailure(fold)) return Result.fail(fold.failure);
    folds.push(fold.success);
  }
  return folds.some(({ tested }) => tested !== null)
    ? Result.succeed(walk.result(folds))
    : unchosen(options, sweeps);
};

/** Where not a single set could be run, what is wrong with the first says more than the want of a figure. */
const unchosen = ({ metric = "sharpe" }: Options, sweeps: ReadonlyArray<Sweep.Sweep>) => {
  const failures = sweeps.map(Sweep.accepted).filter(Result.isFailure);
  const [first] = failures;
  return first !== undefined && failures.length === sweeps.length
    ? Result.fail(first.failure)
    : invalid(
        "",
        `in none of ${sweeps.length} windows has any set a ${metric}: train on more bars, or choose by another figure`,
      );
};

/** How far a walk is: sets tried, over all windows. */
export type Progress = Sweep.Progress;

/** Walks window by window, giving word after each set. */
export function* stream(
  options: Options,
  found: ReadonlyArray<Window>,
): Generator<Progress, Result.Result<WalkForward, Backtest.BacktestInvalid>> {
  const sweeps: Array<Sweep.Sweep> = [];
  const each = options.candidates.length;
  for (const window of found) {
    const steps = Sweep.stream(training(options, window));
    let step = steps.next();
    while (step.done !== true) {
      yield { done: sweeps.length * each + step.value.done, of: found.length * each };
      step = steps.next();
    }
    sweeps.push(step.value);
  }
  return finish(options, found, sweeps);
}

/** The whole walk. Fails when the windows cannot be, and where `finish` does. */
export const run = (asked: Options): Result.Result<WalkForward, Backtest.BacktestInvalid> =>
  Result.flatMap(Sweep.read(asked), (options) =>
    Result.flatMap(windows(options), (found) => {
      const steps = stream(options, found);
      let step = steps.next();
      while (step.done !== true) step = steps.next();
      return step.value;
    }),
  );

const iso = (at: number): string => new Date(at).toISOString();

/** As JSON: snake_case, instants as ISO 8601. */
export const toJson = (walk: WalkForward) => ({
  metric: walk.metric,
  efficiency: walk.efficiency,
  performance: Report.performance(walk.performance),
  folds: walk.folds.map(({ train, test, chosen, tested }) => ({
    train: { from: iso(train.from), to: iso(train.to) },
    test: { from: iso(test.from), to: iso(test.to) },
    params: chosen?.params ?? null,
    trained: chosen?.performance ? Report.performance(chosen.performance) : null,
    tested: tested === null ? null : Report.performance(tested),
  })),
  digest: walk.digest,
});
