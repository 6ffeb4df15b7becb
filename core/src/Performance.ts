import * as Normal from "./Normal.ts";
import * as Numeric from "./Numeric.ts";
import type { Drawn } from "./performance/Drawn.ts";
import type { Fall } from "./performance/Fall.ts";
import type { TripFigures } from "./performance/TripFigures.ts";

export { Curve } from "./performance/Curve.ts";
export type { Drawn } from "./performance/Drawn.ts";
export type { Fall } from "./performance/Fall.ts";
export type { TripFigures } from "./performance/TripFigures.ts";

/**
 * What a run came to. Every figure is a plain number, or `null` where it has no meaning: a denominator that is zero,
 * or fewer than `LEAST_RETURNS` returns. Never Infinity, never the noise of a division by almost nothing.
 *
 * A run starts with its capital: what was paid on the first bar is part of the total return and of the drawdowns.
 * Returns are simple returns of equity from one bar to the next. What is a year's is scaled by the returns there were
 * in a year of the run, so 252 for days of a stock exchange and 525,960 for minutes of a market that never closes.
 */
export interface Performance {
  readonly from: number;
  readonly to: number;
  readonly startEquity: number;
  readonly endEquity: number;
  /** Returns, from bar to bar. */
  readonly returns: number;
  readonly returnsPerYear: number | null;

  /** endEquity / startEquity - 1. */
  readonly totalReturn: number;
  /**
   * Compound annual growth rate, (end / start)^(1 / years) - 1 with years of 365.25 days: Bacon, C. R. (2008),
   * Practical Portfolio Performance Measurement and Attribution, 2nd ed., section 2. Null under thirty days, which say
   * nothing about a year.
   */
  readonly cagr: number | null;
  /** Sample standard deviation of the returns × √(returns a year): Bacon (2008), section 4. */
  readonly volatility: number | null;
  /**
   * Mean over standard deviation of the returns × √(returns a year), the riskless rate taken as zero: Sharpe, W. F.
   * (1994), The Sharpe Ratio, Journal of Portfolio Management 21(1), 49-58.
   */
  readonly sharpe: number | null;
  /** The same without the scaling: what `probabilisticSharpe` and `deflatedSharpe` are about. */
  readonly sharpePerReturn: number | null;
  /**
   * Mean over the downside deviation √(Σ min(r, 0)² / n) × √(returns a year): Sortino, F. A. and Price, L. N. (1994),
   * Performance Measurement in a Downside Risk Framework, Journal of Investing 3(3), 59-64.
   */
  readonly sortino: number | null;
  /** CAGR over the largest drawdown: Young, T. W. (1991), Calmar Ratio: A Smoother Tool, Futures 20(1), 40. */
  readonly calmar: number | null;
  /** Third and fourth standardized moment of the returns; 0 and 3 for a normal distribution. */
  readonly skewness: number | null;
  readonly kurtosis: number | null;
  /**
   * The probability that the true Sharpe ratio is above zero, given this many returns of this skewness and kurtosis:
   * Bailey, D. H. and López de Prado, M. (2012), The Sharpe Ratio Efficient Frontier, Journal of Risk 15(2), eq. 9.
   */
  readonly probabilisticSharpe: number | null;

  /** The deepest fall from a peak, and the longest: (peak - trough) / peak. Null when equity never fell. */
  readonly maxDrawdown: Fall | null;
  readonly longestDrawdown: Fall | null;
  /**
   * The loss of a UTC day that one day in twenty reaches, by history: the ⌈n / 20⌉-th worst return, as a positive
   * fraction; negative when even that day gained. Jorion, P. (2006), Value at Risk, 3rd ed., section 10.
   */
  readonly valueAtRisk95: number | null;
  /**
   * The mean loss of those days: Rockafellar, R. T. and Uryasev, S. (2000), Optimization of Conditional Value-at-Risk,
   * Journal of Risk 2(3), 21-41.
   */
  readonly conditionalValueAtRisk95: number | null;

  /** The share of the bars at whose end something was held. */
  readonly exposure: number | null;
  /** Notional traded over mean equity, over the whole run. */
  readonly turnover: number | null;
  readonly trips: TripFigures;
}

/** Fewer returns than these tell nothing of a distribution. */
export const LEAST_RETURNS = 20;

const YEAR_MS = 365.25 * 86_400_000;
const LEAST_SPAN_MS = 30 * 86_400_000;

/**
 * A spread this small beside the size of the returns is rounding, not risk: returns that are all alike have none.
 * Their powers about zero would leave fewer than seven digits of it.
 */
const NO_SPREAD = 1e-9;

/** What a run has besides its curve. */
export interface Held {
  /** Bars at whose end something was held. */
  readonly samples: number;
  /** Notional of all trades, in units of currency. */
  readonly traded: number;
  readonly trips: TripFigures;
}

/** The figures of a curve. */
export const of = (drawn: Drawn, held: Held): Performance => {
  const { count, first, last, firstAt, lastAt } = drawn;
  const spanMs = lastAt - firstAt;
  const returnsPerYear = count > 0 && spanMs > 0 ? (count * YEAR_MS) / spanMs : null;
  const scale = returnsPerYear === null ? null : Math.sqrt(returnsPerYear);
  const spread = spreadOf(drawn);
  const sharpePerReturn = spread === null ? null : spread.mean / spread.deviation;
  const cagr =
    spanMs >= LEAST_SPAN_MS && first > 0 && last > 0 ? Numeric.pow(last / first, YEAR_MS / spanMs) - 1 : null;
  const [valueAtRisk95, conditionalValueAtRisk95] = tailOf(drawn);
  return {
    from: firstAt,
    to: lastAt,
    startEquity: first,
    endEquity: last,
    returns: count,
    returnsPerYear,
    totalReturn: first === 0 ? 0 : last / first - 1,
    cagr,
    volatility: times(spread?.deviation, scale),
    sharpe: times(sharpePerReturn, scale),
    sharpePerReturn,
    sortino: times(sortinoOf(drawn), scale),
    calmar: cagr === null || drawn.maxDrawdown === null ? null : cagr / drawn.maxDrawdown.size,
    skewness: spread?.skewness ?? null,
    kurtosis: spread?.kurtosis ?? null,
    probabilisticSharpe: spread === null ? null : probabilityAbove(0, spread, count),
    maxDrawdown: drawn.maxDrawdown,
    longestDrawdown: drawn.longestDrawdown,
    valueAtRisk95,
    conditionalValueAtRisk95,
    exposure: drawn.samples === 0 ? null : held.samples / drawn.samples,
    turnover: drawn.meanEquity > 0 ? held.traded / drawn.meanEquity : null,
    trips: held.trips,
  };
};

/**
 * The probability that the true Sharpe ratio is above what the best of so many lucky tries would show: Bailey, D. H.
 * and López de Prado, M. (2014), The Deflated Sharpe Ratio, Journal of Portfolio Management 40(5), 94-107, eq. 1 and 2.
 *
 * `trials` are the Sharpe ratios per return of every try, this one among them. Null with fewer than two.
 */
export const deflatedSharpe = (performance: Performance, trials: ReadonlyArray<number>): number | null => {
  const { sharpePerReturn, skewness, kurtosis, returns } = performance;
  const n = trials.length;
  if (n < 2 || sharpePerReturn === null || skewness === null || kurtosis === null) return null;
  const mean = trials.reduce((sum, sharpe) => sum + sharpe, 0) / n;
  const variance = trials.reduce((sum, sharpe) => sum + (sharpe - mean) * (sharpe - mean), 0) / (n - 1);
  const expectedBest =
    Math.sqrt(variance) *
    ((1 - EULER_MASCHERONI) * Normal.quantile(1 - 1 / n) +
      EULER_MASCHERONI * Normal.quantile(1 - 1 / (n * Math.E)));
  return probabilityAbove(expectedBest, { mean: sharpePerReturn, deviation: 1, skewness, kurtosis }, returns);
};

const EULER_MASCHERONI = 0.577_215_664_901_532_9;

interface Spread {
  readonly mean: number;
  readonly deviation: number;
  readonly skewness: number;
  readonly kurtosis: number;
}

/** Moments about the mean from the powers about zero. */
const spreadOf = ({ count: n, sum1, sum2, sum3, sum4, isRuined }: Drawn): Spread | null => {
  if (isRuined || n < LEAST_RETURNS) return null;
  const mean = sum1 / n;
  const m2 = sum2 - n * mean * mean;
  if (!(m2 > NO_SPREAD * sum2)) return null;
  const m3 = sum3 - 3 * mean * sum2 + 2 * n * mean * mean * mean;
  const m4 = sum4 - 4 * mean * sum3 + 6 * mean * mean * sum2 - 3 * n * mean * mean * mean * mean;
  const variance = m2 / n;
  return {
    mean,
    deviation: Math.sqrt(m2 / (n - 1)),
    skewness: m3 / n / (variance * Math.sqrt(variance)),
    kurtosis: m4 / n / (variance * variance),
  };
};

const sortinoOf = ({ count: n, sum1, sum2, downside, isRuined }: Drawn): number | null =>
  isRuined || n < LEAST_RETURNS || !(downside > NO_SPREAD * sum2) ? null : sum1 / n / Math.sqrt(downside / n);

const probabilityAbove = (benchmark: number, spread: Spread, count: number): number | null => {
  const sharpe = spread.mean / spread.deviation;
  const width = 1 - spread.skewness * sharpe + ((spread.kurtosis - 1) / 4) * sharpe * sharpe;
  return width > 0 ? Normal.cdf(((sharpe - benchmark) * Math.sqrt(count - 1)) / Math.sqrt(width)) : null;
};

const tailOf = ({ days, isRuined }: Drawn): readonly [number | null, number | null] => {
  // The first day has no day before it to be compared with.
  const returns = Float64Array.from(days.slice(1)).sort();
  if (isRuined || returns.length < LEAST_RETURNS) return [null, null];
  const worst = returns.slice(0, Math.ceil(returns.length / 20));
  const total = worst.reduce((sum, value) => sum + value, 0);
  return [-(worst.at(-1) ?? 0), -total / worst.length];
};

const times = (a: number | null | undefined, b: number | null): number | null =>
  a === null || a === undefined || b === null ? null : a * b;
