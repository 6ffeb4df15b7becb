import { Result } from "effect";
import type { Columns } from "../Columns.ts";
import * as Columnar from "../Columns.ts";
import type { Problem } from "../Problem.ts";

const MS_PER_WEEK = 604_800_000;
/** 1970-01-05: the epoch was a Thursday. */
const FIRST_MONDAY = 345_600_000;

/** A week begins on its Monday; all else is aligned to the epoch. */
const phaseOf = (intervalMs: number): number => (intervalMs % MS_PER_WEEK === 0 ? FIRST_MONDAY : 0);

const iso = (at: number): string => new Date(at).toISOString();

const UNITS = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1000, "s"],
] as const;

const spoken = (ms: number): string => {
  const [size, unit] = UNITS.find(([length]) => ms % length === 0) ?? [1, "ms"];
  return `${ms / size} ${unit}`;
};

/**
 * Bars of a longer interval, aligned to the epoch in UTC, those of weeks to Mondays: each spans `intervalMs`, holds every
 * bar that lies in it, and there is none where nothing traded. A bar that reaches over a boundary cannot be divided,
 * which is a problem.
 */
export const resample = (columns: Columns, intervalMs: number): Result.Result<Columns, Problem> => {
  const { symbol, length, from, to } = columns;
  if (!Number.isInteger(intervalMs) || intervalMs < 1) {
    return Result.fail({
      path: "intervalMs",
      message: `${intervalMs} is refused: whole milliseconds above zero are needed`,
    });
  }
  const phase = phaseOf(intervalMs);
  const wide = Columnar.make(symbol, length);
  let count = 0;
  let index = 0;
  while (index < length) {
    const start = Math.floor(((from[index] ?? 0) - phase) / intervalMs) * intervalMs + phase;
    const end = start + intervalMs;
    const first = index;
    while (index < length && (from[index] ?? 0) < end) {
      if ((to[index] ?? 0) > end) {
        const one = `from ${iso(from[index] ?? 0)} to ${iso(to[index] ?? 0)}`;
        const message = `a bar ${one} does not fit into bars of ${spoken(intervalMs)}: of bars only longer ones can be made`;
        return Result.fail({ path: `bars.${symbol}.${index}`, message });
      }
      index += 1;
    }
    gather(columns, first, index, wide, count);
    wide.from[count] = start;
    wide.to[count] = end;
    count += 1;
  }
  return Result.succeed(shortened(wide, count));
};

const gather = (columns: Columns, first: number, end: number, wide: Columns, at: number): void => {
  let high = 0;
  let low = Number.POSITIVE_INFINITY;
  let volume = 0;
  for (let index = first; index < end; index++) {
    high = Math.max(high, columns.high[index] ?? 0);
    low = Math.min(low, columns.low[index] ?? 0);
    volume += columns.volume[index] ?? 0;
  }
  wide.open[at] = columns.open[first] ?? 0;
  wide.high[at] = high;
  wide.low[at] = low;
  wide.close[at] = columns.close[end - 1] ?? 0;
  wide.volume[at] = volume;
};

const shortened = (columns: Columns, length: number): Columns => ({
  symbol: columns.symbol,
  length,
  from: columns.from.slice(0, length),
  to: columns.to.slice(0, length),
  open: columns.open.slice(0, length),
  high: columns.high.slice(0, length),
  low: columns.low.slice(0, length),
  close: columns.close.slice(0, length),
  volume: columns.volume.slice(0, length),
});
