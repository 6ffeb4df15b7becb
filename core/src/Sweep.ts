import { Result } from "effect";
import * as Backtest from "./Backtest.ts";
import * as BarData from "./backtest/BarData.ts";
import * as Given from "./backtest/Given.ts";
import * as Names from "./backtest/Names.ts";
import * as Report from "./backtest/Report.ts";
import * as Digest from "./Digest.ts";
import * as Performance from "./Performance.ts";
import type { Problem } from "./Problem.ts";
import { shown } from "./Problem.ts";
import type * as Strategy from "./Strategy.ts";

/** The same backtest with many sets of parameters, ranked by one figure. */
export interface Options extends Omit<Backtest.Options, "strategies"> {
  readonly strategy: string | Strategy.Any;
  /** The sets to try, as `ParameterSpace` gives them. */
  readonly candidates: ReadonlyArray<unknown>;
  /** What the best has most of, of `drawdown` least. Default `sharpe`. */
  readonly metric?: Metric | undefined;
}

/** Figures to rank by, each so that more is better. */
const metrics = {
  sharpe: ({ sharpe }: Performance.Performance) => sharpe,
  sortino: ({ sortino }: Performance.Performance) => sortino,
  calmar: ({ calmar }: Performance.Performance) => calmar,
  cagr: ({ cagr }: Performance.Performance) => cagr,
  return: ({ totalReturn }: Performance.Performance) => totalReturn,
  drawdown: ({ maxDrawdown }: Performance.Performance) => (maxDrawdown === null ? 0 : -maxDrawdown.size),
  // Null without a loser, but winners and no loser are the best there is.
  profit_factor: ({ trips }: Performance.Performance) =>
    trips.losses === 0 && trips.wins > 0 ? Number.POSITIVE_INFINITY : trips.profitFactor,
  expectancy: ({ trips }: Performance.Performance) => trips.expectancy,
} as const;

export type Metric = keyof typeof metrics;

export const metricNames: ReadonlyArray<Metric> = [
  "sharpe",
  "sortino",
  "calmar",
  "cagr",
  "return",
  "drawdown",
  "profit_factor",
  "expectancy",
];

/** One set and what came of it: plain data, so that a thread can send it. */
export interface Row {
  /** Its place among the candidates. */
  readonly index: number;
  readonly params: unknown;
  /** Null when it could not be run. */
  readonly performance: Performance.Performance | null;
  /** Why it could not, such as a warm-up longer than the bars. */
  readonly problem: string | null;
}

export interface Sweep {
  readonly metric: Metric;
  /** In the order of the candidates, whoever worked them out and when. */
  readonly rows: ReadonlyArray<Row>;
  /** The best first; those without the figure, as without a trade, last. */
  readonly ranked: ReadonlyArray<Row>;
  /** Null when no set has the figure. */
  readonly best: Row | null;
  /**
   * The probability that the best one's Sharpe ratio is more than the luck of so many tries; see
   * `Performance.deflatedSharpe`. Below 0.95 a sweep is called lucky.
   */
  readonly deflatedSharpe: number | null;
  /** One hash over every set and what came of it. */
  readonly digest: Digest.Digest;
}

/** How far a sweep is. */
export interface Progress {
  readonly done: number;
  readonly of: number;
}

/**
 * The figure a sweep ranks by. Null for a set that never traded, whatever its figures: it is no answer to which is best,
 * though nothing falls less than what stands still. Infinity for the profit factor of a set with winners and no loser.
 */
export const figure = (metric: Metric, performance: Performance.Performance | null): number | null =>
  performance === null || performance.turnover === 0 ? null : metrics[metric](performance);

/** The backtest that a sweep repeats, with one set. */
export const backtestOf = (options: Options, params: unknown): Backtest.Options => {
  const { strategy, bars, catalog, risk, capital, fill, seed, fillAt, intervalMs, from, to, agentId } =
    options;
  const rest = { bars, catalog, risk, capital, fill, seed, fillAt, intervalMs, from, to, agentId };
  return { ...rest, strategies: [{ strategy, params }] };
};

/** The same with its bars read once for all sets: as columns, of the interval asked for. What is wrong with it otherwise. */
export const read = <A extends Options>(options: A): Result.Result<A, Backtest.BacktestInvalid> => {
  const odd = Given.optionsProblem(options);
  if (odd !== undefined) return Result.fail(new Backtest.BacktestInvalid({ errors: [odd] }));
  const errors: Array<Problem> = [...Names.strangers(options, Names.ofSweep)];
  const bars = BarData.read(options.bars, options.intervalMs, errors);
  const { candidates, metric } = options;
  if (!Given.isList(candidates)) {
    errors.push({
      path: "candidates",
      message: "a list of sets of parameters is needed, as ParameterSpace gives them",
    });
  }
  const unlisted = Given.catalogProblem(options.catalog);
  if (unlisted !== undefined) errors.push(unlisted);
  if (metric !== undefined && !metricNames.includes(metric)) {
    const message = `${shown(metric)} is refused: one of ${metricNames.join(", ")} is needed`;
    errors.push({ path: "metric", message });
  }
  return errors.length > 0
    ? Result.fail(new Backtest.BacktestInvalid({ errors }))
    : Result.succeed({ ...options, bars, intervalMs: undefined });
};

/** One set of an asked-for sweep. Never fails: what is wrong with the set is in its row. */
export const evaluate = (options: Options, index: number): Row => {
  const params = options.candidates[index];
  const result = Backtest.run(backtestOf(options, params));
  return Result.isSuccess(result)
    ? { index, params, performance: result.success.performance, problem: null }
    : { index, params, performance: null, problem: result.failure.message };
};

/** What a row has to do with the digest of a sweep, as canonical JSON. */
export const canonical = ({ params, performance, problem }: Row): string =>
  Digest.canonical({ params, performance, problem });

/**
 * Puts rows, in whatever order they come, together to a sweep. Its digest is that of the JSON list of their canonical
 * texts, in order; given when it has been worked out elsewhere.
 */
export const finish = (
  rows: ReadonlyArray<Row>,
  metric: Metric = "sharpe",
  digest?: Digest.Digest,
): Sweep => {
  const inOrder = rows.toSorted((a, b) => a.index - b.index);
  const ranked = inOrder.toSorted((a, b) => {
    const first = figure(metric, a.performance) ?? Number.NEGATIVE_INFINITY;
    const second = figure(metric, b.performance) ?? Number.NEGATIVE_INFINITY;
    return first === second ? a.index - b.index : first > second ? -1 : 1;
  });
  const [top] = ranked;
  const best = top === undefined || figure(metric, top.performance) === null ? null : top;
  const sharpes = inOrder.flatMap(({ performance }) => performance?.sharpePerReturn ?? []);
  return {
    metric,
    rows: inOrder,
    ranked,
    best,
    deflatedSharpe:
      best === null || best.performance === null
        ? null
        : Performance.deflatedSharpe(best.performance, sharpes),
    digest: digest ?? Digest.ofCanonical(`[${inOrder.map(canonical).join(",")}]`),
  };
};

/** Runs every set, giving word after each. To cancel it, stop asking. */
export function* stream(asked: Options): Generator<Progress, Sweep> {
  // Bars that cannot be read are a problem of every set.
  const options = Result.getOrElse(read(asked), () => asked);
  const rows: Array<Row> = [];
  for (let index = 0; index < options.candidates.length; index++) {
    rows.push(evaluate(options, index));
    yield { done: index + 1, of: options.candidates.length };
  }
  return finish(rows, options.metric);
}

/**
 * Runs every set, one after the other. Fails when not a single one can be run: with what is wrong with the first, or
 * for there being none.
 */
export const run = (options: Options): Result.Result<Sweep, Backtest.BacktestInvalid> =>
  Result.flatMap(read(options), (readable) => {
    const steps = stream(readable);
    let step = steps.next();
    while (step.done !== true) step = steps.next();
    return accepted(step.value);
  });

/** A sweep in which at least one set could be run. */
export const accepted = (sweep: Sweep): Result.Result<Sweep, Backtest.BacktestInvalid> => {
  if (sweep.rows.some(({ performance }) => performance !== null)) return Result.succeed(sweep);
  const [first] = sweep.rows;
  const problem =
    first === undefined
      ? { path: "candidates", message: "an empty sweep: at least one set of parameters is needed" }
      : { path: "", message: first.problem ?? "" };
  return Result.fail(new Backtest.BacktestInvalid({ errors: [problem] }));
};

/** As JSON: snake_case, the best first. */
export const toJson = (sweep: Sweep) => ({
  metric: sweep.metric,
  tried: sweep.rows.length,
  deflated_sharpe: sweep.deflatedSharpe,
  best: sweep.best === null ? null : row(sweep.best),
  ranked: sweep.ranked.map(row),
  digest: sweep.digest,
});

const row = ({ index, params, performance, problem }: Row) => ({
  index,
  params,
  performance: performance === null ? null : Report.performance(performance),
  problem,
});
