import type { Bar } from "./Bar.ts";

/**
 * The bars of one symbol, one typed array a field, for the hot loop of a backtest. None of them is stale.
 * All arrays have the same length; instants are ms since the epoch.
 */
export interface Columns {
  readonly symbol: string;
  readonly length: number;
  readonly from: Float64Array;
  readonly to: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** Room for `length` bars of a symbol. */
export const make = (symbol: string, length: number): Columns => ({
  symbol,
  length,
  from: new Float64Array(length),
  to: new Float64Array(length),
  open: new Float64Array(length),
  high: new Float64Array(length),
  low: new Float64Array(length),
  close: new Float64Array(length),
  volume: new Float64Array(length),
});

/** The columns of bars, all of one symbol. */
export const fromBars = (symbol: string, bars: ReadonlyArray<Bar>): Columns => {
  const columns = make(symbol, bars.length);
  bars.forEach((bar, index) => {
    columns.from[index] = bar.from;
    columns.to[index] = bar.to;
    columns.open[index] = bar.open;
    columns.high[index] = bar.high;
    columns.low[index] = bar.low;
    columns.close[index] = bar.close;
    columns.volume[index] = bar.volume;
  });
  return columns;
};

/** The bar at an index within the columns; `ticks` is 1, the count inside is not kept. */
export const bar = (columns: Columns, index: number): Bar => ({
  symbol: columns.symbol,
  from: at(columns.from, index),
  to: at(columns.to, index),
  open: at(columns.open, index),
  high: at(columns.high, index),
  low: at(columns.low, index),
  close: at(columns.close, index),
  volume: at(columns.volume, index),
  ticks: 1,
});

const at = (values: Float64Array, index: number): number => {
  const value = values[index];
  if (value === undefined) throw new RangeError(`no bar ${index}, there are ${values.length}`);
  return value;
};
