import type { Options as BacktestOptions } from "../Backtest.ts";
import type { Columns } from "../Columns.ts";
import type { Any as Strategy } from "../Strategy.ts";
import * as Sweep from "../Sweep.ts";
import type { Span } from "../WalkForward.ts";

/** A strategy by name: of a module, or null for a built-in one. */
export interface Named {
  readonly module: string | null;
  readonly key: string;
}

/** What the threads of a sweep are given: plain data, and columns that they share and do not copy. */
export interface SweepJob {
  readonly strategy: Named;
  readonly options: Omit<BacktestOptions, "strategies" | "catalog" | "bars">;
  readonly bars: ReadonlyArray<Columns>;
  readonly candidates: ReadonlyArray<unknown>;
  /** The stretches of a walk; a plain sweep has none and looks at all bars. */
  readonly windows: ReadonlyArray<Span> | null;
}

/** A row, and its canonical text for the digest: writing it is worth doing where the others do not wait for it. */
export interface Written {
  readonly row: Sweep.Row;
  readonly text: string;
}

/** The job of options whose bars have been read. */
export const make = (
  strategy: Named,
  options: Sweep.Options,
  windows: ReadonlyArray<Span> | null,
): SweepJob => {
  const { bars, candidates, risk, capital, fill, seed, fillAt, intervalMs, from, to, agentId } = options;
  return {
    strategy,
    options: { risk, capital, fill, seed, fillAt, intervalMs, from, to, agentId },
    bars: bars.flatMap((one) => ("close" in one ? [share(one)] : [])),
    candidates,
    windows,
  };
};

/** How many backtests it is. */
export const count = ({ candidates, windows }: SweepJob): number =>
  candidates.length * (windows?.length ?? 1);

/** The backtest of a number: windows in their order, in each the candidates in theirs. */
export const run = (
  { bars, candidates, options, windows }: SweepJob,
  strategy: Strategy,
  number: number,
): Written => {
  const span = windows?.[Math.floor(number / candidates.length)];
  const asked = {
    ...options,
    bars,
    strategy,
    candidates,
    ...(span === undefined ? {} : { from: span.from, to: span.to }),
  };
  const row = Sweep.evaluate(asked, number % candidates.length);
  return { row, text: Sweep.canonical(row) };
};

const copies = new WeakMap<Columns, Columns>();

/** The same columns in memory that all threads see; copied once, however often they are swept over. */
const share = (columns: Columns): Columns => {
  const known = copies.get(columns);
  if (known !== undefined) return known;
  const made = {
    symbol: columns.symbol,
    length: columns.length,
    from: shared(columns.from),
    to: shared(columns.to),
    open: shared(columns.open),
    high: shared(columns.high),
    low: shared(columns.low),
    close: shared(columns.close),
    volume: shared(columns.volume),
  };
  copies.set(columns, made);
  return made;
};

const shared = (values: Float64Array): Float64Array => {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const copy = new Float64Array(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
};
