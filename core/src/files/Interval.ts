import type { Bar } from "../Bar.ts";

/** How long the bars of a file are, which of them are missing, and where each one ends. */

/** A checked row: prices on the grid, later than the row before. */
export interface Row {
  readonly line: number;
  readonly at: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** Bars that should be there by the interval and are not, in `[from, to)`. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  /** How many bars would have fitted. */
  readonly missing: number;
  /** Line of the bar after the gap. */
  readonly line: number;
}

/** A bar of a file stands for four prices: open, high, low and close. */
const TICKS = 4;

/** The most common difference of two successive times, the shorter one of a draw; 0 for a single row. */
export const commonDifference = (rows: ReadonlyArray<Row>): number => {
  const counts = new Map<number, number>();
  rows.forEach((row, i) => {
    const previous = rows[i - 1];
    if (previous === undefined) return;
    const difference = row.at - previous.at;
    counts.set(difference, (counts.get(difference) ?? 0) + 1);
  });
  let best = 0;
  let most = 0;
  for (const [difference, count] of counts) {
    if (count > most || (count === most && difference < best)) {
      best = difference;
      most = count;
    }
  }
  return best;
};

export const gapsOf = (rows: ReadonlyArray<Row>, intervalMs: number): ReadonlyArray<Gap> => {
  const gaps: Array<Gap> = [];
  if (intervalMs <= 0) return gaps;
  rows.forEach((row, i) => {
    const previous = rows[i - 1];
    if (previous === undefined) return;
    const missing = Math.floor((row.at - previous.at) / intervalMs) - 1;
    if (missing > 0) {
      gaps.push({ from: previous.at + intervalMs, to: row.at, missing, line: row.line });
    }
  });
  return gaps;
};

/** A bar never reaches over its neighbour, even where a clock change makes one shorter. */
export const toBars = (
  symbol: string,
  rows: ReadonlyArray<Row>,
  intervalMs: number,
  stamp: "open" | "close",
): ReadonlyArray<Bar> =>
  rows.map((row, i) => {
    const next = rows[i + 1];
    const previous = rows[i - 1];
    const from = stamp === "open" ? row.at : Math.max(row.at - intervalMs, previous?.at ?? -Infinity);
    const to = stamp === "open" ? Math.min(row.at + intervalMs, next?.at ?? Infinity) : row.at;
    const { open, high, low, close, volume } = row;
    return { symbol, from, to, open, high, low, close, volume, ticks: TICKS };
  });
