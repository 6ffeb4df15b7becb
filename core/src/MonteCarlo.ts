import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import * as Given from "./backtest/Given.ts";
import type { RoundTrip } from "./backtest/Trade.ts";
import * as Money from "./Money.ts";
import * as Rng from "./Rng.ts";

/**
 * How else it might have come: the trades of a backtest drawn again and again, with replacement, from a seed.
 *
 * The bootstrap of Efron, B. and Tibshirani, R. J. (1993), An Introduction to the Bootstrap, chapter 6, on the
 * returns of trades: it keeps their distribution and breaks their order, so it says nothing about runs of luck
 * that depend on one another.
 */
export interface Options {
  /** What each trade made, as a fraction of the equity before it: 0.01 is one percent. */
  readonly returns: ReadonlyArray<number>;
  /** Default 1,000. */
  readonly runs?: number | undefined;
  /** Default 42. */
  readonly seed?: Rng.Seed | undefined;
}

/** Percentiles over the runs, by linear interpolation (type 7 of Hyndman, R. J. and Fan, Y. (1996)). */
export interface Band {
  readonly p5: number;
  readonly p25: number;
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
}

export interface MonteCarlo {
  readonly runs: number;
  readonly trades: number;
  /** Equity at the end as a multiple of that at the start. */
  readonly growth: Band;
  /** Deepest fall from a peak, as a fraction of the peak: 0.2 is twenty percent. */
  readonly maxDrawdown: Band;
  /** Share of the runs that ended below where they began. */
  readonly lossProbability: number;
  /** Growth as it went: up to 51 points, the first before any trade. For a chart with its bands. */
  readonly path: ReadonlyArray<Band & { readonly trade: number }>;
}

/** The most draws of one call: a minute's work. */
export const DRAWS_MAX = 1_000_000_000;
const POINTS_MAX = 50;

/**
 * The bands of a trade bootstrap; null with fewer than two trades, from which nothing can be told. Throws
 * `RangeError` when returns is no list, runs is not a whole number of at least 1, or runs times trades is beyond `DRAWS_MAX`.
 */
export const run = (options: Options): MonteCarlo | null => {
  const { returns, runs = 1000, seed = 42 } = Given.isObject(options) ? options : { returns: null };
  // A typed array is as good as a list.
  if (returns === null || !(Given.isList(returns) || ArrayBuffer.isView(returns)))
    throw new RangeError(
      "returns: a list of what each trade made is needed, as MonteCarlo.returnsOf gives it",
    );
  const trades = returns.length;
  if (!Number.isInteger(runs) || runs < 1 || runs * trades > DRAWS_MAX) {
    throw new RangeError(
      `${runs} runs of ${trades} trades: a whole number of runs is needed, and at most ${DRAWS_MAX} draws in all`,
    );
  }
  const odd = returns.findIndex((value) => !Number.isFinite(value));
  if (odd >= 0) throw new RangeError(`returns[${odd}] is ${returns[odd]}: a finite fraction is needed`);
  if (trades < 2) return null;
  const points = pointsOf(trades);
  const columns = points.map(() => new Float64Array(runs));
  const drawdowns = new Float64Array(runs);
  const factors = Float64Array.from(returns, (value) => Math.max(0, 1 + value));
  const dice = xoroshiro128plusFromState(Rng.fork(seed, "monte_carlo"));
  for (let index = 0; index < runs; index++) {
    let growth = 1;
    let peak = 1;
    let deepest = 0;
    let point = 1;
    for (let trade = 1; trade <= trades; trade++) {
      growth *= factors[pick(dice.next(), trades)] ?? 1;
      if (growth > peak) peak = growth;
      const fall = (peak - growth) / peak;
      if (fall > deepest) deepest = fall;
      if (trade === points[point]) {
        const column = columns[point];
        if (column !== undefined) column[index] = growth;
        point += 1;
      }
    }
    drawdowns[index] = deepest;
  }
  const ends = columns[columns.length - 1] ?? new Float64Array();
  return {
    runs,
    trades,
    growth: bandOf(ends),
    maxDrawdown: bandOf(drawdowns),
    lossProbability: ends.reduce((count, growth) => count + (growth < 1 ? 1 : 0), 0) / runs,
    path: points.map((trade, i) =>
      i === 0 ? { trade, p5: 1, p25: 1, p50: 1, p75: 1, p95: 1 } : { trade, ...bandOf(columns[i] ?? ends) },
    ),
  };
};

/** What each round trip made of the capital and all that was won before it, in the order in which they closed. */
export const returnsOf = (capital: Money.Cash, trips: ReadonlyArray<RoundTrip>): ReadonlyArray<number> => {
  let equity = Money.toNumber(capital);
  return trips.map(({ pnl }) => {
    const made = Money.toNumber(pnl);
    const before = equity;
    equity += made;
    return before > 0 ? made / before : 0;
  });
};

/** One of `count` trades for a draw of 32 bits; their chances differ by less than count / 2^32. */
const pick = (draw: number, count: number): number => Math.floor(((draw >>> 0) / 4_294_967_296) * count);

/** After how many trades growth is looked at: none, and then evenly to the last. */
const pointsOf = (trades: number): ReadonlyArray<number> => {
  const count = Math.min(POINTS_MAX, trades);
  return Array.from({ length: count + 1 }, (_, i) => Math.round((i * trades) / count));
};

const bandOf = (values: Float64Array): Band => {
  const sorted = values.toSorted();
  return {
    p5: percentile(sorted, 0.05),
    p25: percentile(sorted, 0.25),
    p50: percentile(sorted, 0.5),
    p75: percentile(sorted, 0.75),
    p95: percentile(sorted, 0.95),
  };
};

/** The percentile of sorted values. */
const percentile = (sorted: Float64Array, share: number): number => {
  const place = (sorted.length - 1) * share;
  const low = Math.floor(place);
  const below = sorted[low] ?? Number.NaN;
  const above = sorted[Math.min(low + 1, sorted.length - 1)] ?? below;
  return below + (place - low) * (above - below);
};
