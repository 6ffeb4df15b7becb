import { Result } from "effect";
import * as Bar from "../Bar.ts";
import type { Columns } from "../Columns.ts";
import * as Columnar from "../Columns.ts";
import * as Money from "../Money.ts";
import type { Problem } from "../Problem.ts";
import { shown } from "../Problem.ts";
import { isList, isObject } from "./Given.ts";
import type { Lane } from "./Plan.ts";
import { resample } from "./Resample.ts";

/** Bars as a backtest takes them, checked once and for all. */

/** Problems told of one symbol; a file of noise would have millions. */
const MOST_PROBLEMS = 10;

/** Columns already found to be right: a sweep runs the same ones a thousand times. They are not written to again. */
const checked = new WeakSet<Columns>();

const intervals = new WeakMap<Columns, number>();

/** The columns of each symbol, of the interval asked for; what is wrong with them is added to `errors`. */
export const read = (
  given: ReadonlyArray<Columns | ReadonlyArray<Bar.Bar>>,
  intervalMs: number | undefined,
  errors: Array<Problem>,
): ReadonlyArray<Columns> => {
  // Plain JavaScript may hand in anything.
  const odd = isList(given) ? given.findIndex((one) => !isColumns(one) && !isList(one)) : -1;
  if (!isList(given) || odd >= 0) {
    const path = odd < 0 ? "bars" : `bars.${odd}`;
    errors.push({ path, message: "a list of bars for each symbol is needed, all of them in a list: [bars]" });
    return [];
  }
  if (given.length === 0)
    errors.push({ path: "bars", message: "the bars of at least one symbol are needed" });
  const columns = given.flatMap((one, index) => {
    const symbolic = isColumns(one) ? one : columnsOf(one, index, errors);
    return symbolic === null ? [] : [symbolic];
  });
  const found: Array<Columns> = [];
  for (const one of columns) {
    if (found.some(({ symbol }) => symbol === one.symbol)) {
      errors.push({ path: `bars.${one.symbol}`, message: "each symbol once is needed" });
      continue;
    }
    const problems = check(one);
    errors.push(...problems);
    if (problems.length > 0) continue;
    if (intervalMs === undefined) found.push(one);
    else {
      const wider = resample(one, intervalMs);
      if (Result.isFailure(wider)) errors.push(wider.failure);
      else found.push(wider.success);
    }
  }
  return found;
};

const isColumns = (given: Columns | ReadonlyArray<Bar.Bar>): given is Columns =>
  typeof given === "object" && given !== null && "close" in given && ArrayBuffer.isView(given.close);

const columnsOf = (bars: ReadonlyArray<Bar.Bar>, index: number, errors: Array<Problem>): Columns | null => {
  const none = bars.findIndex((bar) => !isObject(bar));
  if (none >= 0) {
    errors.push({
      path: `bars.${index}.${none}`,
      message: `${shown(bars[none])} is refused: a bar is needed`,
    });
    return null;
  }
  const symbol = bars[0]?.symbol;
  if (symbol === undefined) {
    const isEmpty = bars.length === 0;
    const path = isEmpty ? `bars.${index}` : `bars.${index}.0.symbol`;
    errors.push({
      path,
      message: isEmpty ? "at least one bar is needed" : "the name of what is traded is needed",
    });
    return null;
  }
  const other = bars.findIndex((bar) => bar.symbol !== symbol);
  if (other >= 0) {
    const message = `${bars[other]?.symbol} is refused: the bars of one symbol are needed, here ${symbol}`;
    errors.push({ path: `bars.${index}.${other}.symbol`, message });
    return null;
  }
  // A stale bar says nothing new: a backtest has no bar there at all.
  return Columnar.fromBars(
    symbol,
    bars.filter((bar) => !Bar.isStale(bar)),
  );
};

/** What is wrong with columns: the first few bars, each with its index and field. */
export const check = (columns: Columns): ReadonlyArray<Problem> => {
  if (checked.has(columns)) return [];
  const problems: Array<Problem> = [];
  const refuse = (path: string, message: string) =>
    problems.push({ path: `bars.${columns.symbol}${path}`, message });
  if (columns.length === 0) refuse("", "at least one bar is needed");
  for (const field of ["from", "to", "open", "high", "low", "close", "volume"] as const) {
    if (columns[field].length !== columns.length) {
      refuse(`.${field}`, `${columns[field].length} values are refused: ${columns.length} are needed`);
    }
  }
  if (problems.length > 0) return problems;
  for (let index = 0; index < columns.length && problems.length < MOST_PROBLEMS; index++) {
    if (isRight(columns, index)) continue;
    const previous = index > 0 ? Columnar.bar(columns, index - 1) : undefined;
    const bar = Columnar.bar(columns, index);
    const found = Bar.validate(bar, previous);
    if (Result.isFailure(found)) {
      const { field, value, reason } = found.failure;
      refuse(`.${index}.${field}`, `${value} is refused: ${reason}`);
      continue;
    }
    for (const field of ["open", "high", "low", "close"] as const) {
      const price = Money.priceFromNumber(bar[field]);
      if (Result.isFailure(price)) refuse(`.${index}.${field}`, price.failure.message);
    }
  }
  if (problems.length === 0) checked.add(columns);
  return problems;
};

/** The same in one go over plain numbers; only what fails is looked at closely. */
const isRight = (columns: Columns, index: number): boolean => {
  const open = columns.open[index] ?? 0;
  const high = columns.high[index] ?? 0;
  const low = columns.low[index] ?? 0;
  const close = columns.close[index] ?? 0;
  const volume = columns.volume[index] ?? 0;
  const from = columns.from[index] ?? 0;
  const to = columns.to[index] ?? 0;
  const inOrder = low > 0 && low <= open && low <= close && open <= high && close <= high && high < 2 ** 33;
  const inTime =
    from < to &&
    Number.isInteger(from) &&
    Number.isInteger(to) &&
    (index === 0 || from >= (columns.to[index - 1] ?? 0));
  return (
    inOrder &&
    inTime &&
    volume >= 0 &&
    volume < Number.POSITIVE_INFINITY &&
    isPrice(open) &&
    isPrice(high) &&
    isPrice(low) &&
    isPrice(close)
  );
};

const isPrice = (n: number): boolean => Math.round(n * 1e6) / 1e6 === n;

/** What is wrong with the instants between which bars are to be looked at, or with what lies between them. */
export const spanProblem = (
  columns: ReadonlyArray<Columns>,
  from: number | undefined,
  to: number | undefined,
): Problem | undefined => {
  const odd = instantProblem("from", from) ?? instantProblem("to", to);
  if (odd !== undefined) return odd;
  if (from !== undefined && to !== undefined && from > to)
    return { path: "to", message: `${iso(to)} is before ${iso(from)}, where it begins` };
  const hasNone = columns.every((one) => {
    const { start, end } = lane(one, from, to);
    return start >= end;
  });
  if (!hasNone || columns.length === 0) return undefined;
  const ends = columns.map(({ symbol, to: at, length }) => {
    return `those of ${symbol} end from ${iso(at[0] ?? 0)} to ${iso(at[length - 1] ?? 0)}`;
  });
  const asked = [
    ...(from === undefined ? [] : [`from ${iso(from)}`]),
    ...(to === undefined ? [] : [`by ${iso(to)}`]),
  ];
  return {
    path: from === undefined ? "to" : "from",
    message: `no bar ends ${asked.join(" ")}: ${ends.join(", ")}`,
  };
};

/** Plain JavaScript may give a date or its text, which would compare with numbers in ways of their own. */
const instantProblem = (path: string, at: unknown): Problem | undefined => {
  if (at === undefined || (typeof at === "number" && Math.abs(at) <= LATEST)) return undefined;
  const hint = at instanceof Date ? ", as its getTime() gives" : "";
  const needed = `a finite number of milliseconds since the epoch is needed${hint}`;
  return { path, message: `${shown(at)} is refused: ${needed}` };
};

/** The last instant a date can be. */
const LATEST = 8_640_000_000_000_000;

const iso = (at: number): string => new Date(at).toISOString();

/** The part of columns that a run looks at. */
export const lane = (columns: Columns, fromAt: number | undefined, toAt: number | undefined): Lane => ({
  columns,
  start: fromAt === undefined ? 0 : firstAtOrAfter(columns.to, fromAt, 0, columns.length),
  end: toAt === undefined ? columns.length : firstAtOrAfter(columns.to, toAt + 1, 0, columns.length),
});

/** The shortest distance between the ends of two bars, and of one bar its length. Worked out once for columns. */
export const interval = (columns: Columns): number => {
  const known = intervals.get(columns);
  if (known !== undefined) return known;
  const { from, to, length } = columns;
  let least = (to[0] ?? 0) - (from[0] ?? 0);
  for (let index = 1; index < length; index++) {
    const distance = (to[index] ?? 0) - (to[index - 1] ?? 0);
    if (distance < least) least = distance;
  }
  intervals.set(columns, least);
  return least;
};

/** The first index from `low` to `high` whose value is at least `value`, else `high`; values ascend. */
export const firstAtOrAfter = (values: Float64Array, value: number, low: number, high: number): number => {
  let from = low;
  let to = high;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((values[middle] ?? 0) < value) from = middle + 1;
    else to = middle;
  }
  return from;
};
