import type { Backtest, Columns, WalkForward } from "@strom/core";

/** What the threads of a sweep are given: plain data, and columns that they share and do not copy. */
export interface Job {
  /** The key of a built-in strategy, or a file and the key of one in it: code does not travel between threads. */
  readonly strategy: { readonly file: string | null; readonly key: string };
  readonly options: Omit<Backtest.Options, "strategies" | "catalog" | "bars">;
  readonly bars: ReadonlyArray<Columns.Columns>;
  readonly candidates: ReadonlyArray<unknown>;
  /** The stretches of a walk; a plain sweep has none and looks at all bars. */
  readonly windows: ReadonlyArray<WalkForward.Span> | null;
}

/** The job of a number: windows in their order, in each the candidates in theirs. */
export const placeOf = ({ candidates }: Job, number: number) => ({
  window: Math.floor(number / candidates.length),
  candidate: number % candidates.length,
});

export const countOf = ({ candidates, windows }: Job): number => candidates.length * (windows?.length ?? 1);

const shared = (values: Float64Array): Float64Array => {
  const copy = new Float64Array(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
};

/** The same columns in memory that all threads see. */
export const share = (columns: Columns.Columns): Columns.Columns => ({
  symbol: columns.symbol,
  length: columns.length,
  from: shared(columns.from),
  to: shared(columns.to),
  open: shared(columns.open),
  high: shared(columns.high),
  low: shared(columns.low),
  close: shared(columns.close),
  volume: shared(columns.volume),
});
