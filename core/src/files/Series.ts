import { Result } from "effect";
import type { Bar } from "../Bar.ts";
import type { Cell } from "./Cell.ts";
import * as Cells from "./Cell.ts";
import type { Columns, Role } from "./Columns.ts";
import * as Decimal from "./Decimal.ts";
import type { BarFileInvalid, Collector } from "./FileInvalid.ts";
import { single } from "./FileInvalid.ts";
import type { Gap, Row } from "./Interval.ts";
import { commonDifference, gapsOf, toBars } from "./Interval.ts";
import * as Timestamp from "./Timestamp.ts";

/** Rows of a file, whatever its format, checked and made into bars. */

export interface Options {
  /** The symbol of the bars; else the file's symbol column, else the file's name (`spy-1d.csv` is SPY). */
  readonly symbol?: string | undefined;
  /** Named in messages; its stem is the symbol of last resort. Default `bars.csv`. */
  readonly file?: string | undefined;
  /** Length of a bar; else the most common difference of two successive times. */
  readonly intervalMs?: number | undefined;
  /** Whether a row's time is its bar's start (most exchanges) or its end. Default `open`. */
  readonly stamp?: "open" | "close" | undefined;
  /** More than six decimals: an error, or rounded half to even and counted. Default `refuse`. */
  readonly decimals?: "refuse" | "round" | undefined;
  /** Which of two comes first in dates whose year comes last, such as 04/05/2018. Default: they are refused. */
  readonly dates?: Timestamp.Dates | undefined;
  /**
   * Rows whose prices are empty, `null` or `NaN`, as Yahoo writes holidays; with `skip`, a volume that is missing is none.
   * Default `refuse`.
   */
  readonly missing?: "refuse" | "skip" | undefined;
  /** How the rows are sorted by time. Default `oldest first`. */
  readonly order?: "oldest first" | "newest first" | undefined;
  /** Times without rows: reported, or an error. Default `allow` (markets close at night). */
  readonly gaps?: "allow" | "refuse" | undefined;
}

/** The bars of one symbol in a file: positive, finite, consistent, strictly forward in time. */
export interface BarSeries {
  readonly symbol: string;
  readonly intervalMs: number;
  readonly bars: ReadonlyArray<Bar>;
  readonly gaps: ReadonlyArray<Gap>;
  /** Values rounded to six decimals, with `decimals: "round"`. */
  readonly rounded: number;
  /** Rows left out, with `missing: "skip"`. */
  readonly skipped: number;
}

interface Draft {
  readonly rows: Array<Row>;
  rounded: number;
  skipped: number;
}

const stem = (file: string): string => {
  const base = file.replace(/^.*[\\/]/, "").replace(/\.[^.]*$/, "");
  return base.replace(/[-_ ]\d+(ms|s|m|min|h|d|w|mo)$/i, "").toUpperCase();
};

/** Collects rows in file order; `finish` turns them into series, in order of first appearance. */
export interface Builder {
  readonly push: (line: number, cells: ReadonlyArray<Cell>) => void;
  readonly finish: () => Result.Result<ReadonlyArray<BarSeries>, BarFileInvalid>;
}

export const builder = (
  columns: Columns,
  problems: Collector,
  options: Options & { readonly mark?: "." | "," | undefined },
): Builder => {
  const drafts = new Map<string, Draft>();
  const decimal = { mark: options.mark ?? ".", excess: options.decimals ?? "refuse" } as const;
  const fallback = options.symbol ?? stem(options.file ?? "bars.csv");
  const { index, names } = columns;

  const report = (line: number, role: Role, value: string, message: string): void => {
    problems.add({ line, column: names[index[role]] ?? role, value, message });
  };

  const draftOf = (cells: ReadonlyArray<Cell>): Draft => {
    const own = index.symbol < 0 ? "" : Cells.shown(cells[index.symbol]).trim();
    const symbol = own === "" ? fallback : own;
    const known = drafts.get(symbol);
    if (known !== undefined) return known;
    const fresh: Draft = { rows: [], rounded: 0, skipped: 0 };
    drafts.set(symbol, fresh);
    return fresh;
  };

  /** A positive price on the grid, or undefined after reporting why not. */
  const price = (draft: Draft, line: number, role: Role, cells: ReadonlyArray<Cell>): number | undefined => {
    const cell = cells[index[role]];
    const read =
      typeof cell === "number"
        ? Decimal.fromNumber(cell, decimal)
        : Decimal.parse(Cells.shown(cell), decimal);
    if (Result.isFailure(read)) {
      report(line, role, Cells.shown(cell), read.failure);
      return undefined;
    }
    const { value, rounded } = read.success;
    if (value <= 0) {
      report(
        line,
        role,
        Cells.shown(cell),
        value === 0 ? "zero; a price is above 0" : "negative; a price is above 0",
      );
      return undefined;
    }
    if (rounded) draft.rounded += 1;
    return value;
  };

  const volume = (line: number, cells: ReadonlyArray<Cell>): number | undefined => {
    if (index.volume < 0) return 0;
    const cell = cells[index.volume];
    if (options.missing === "skip" && Cells.isMissing(cell)) return 0;
    const read = Decimal.parseVolume(Cells.shown(cell), typeof cell === "string" ? decimal.mark : ".");
    if (Result.isSuccess(read)) return read.success;
    report(line, "volume", Cells.shown(cell), read.failure);
    return undefined;
  };

  /** Low ≤ open, close ≤ high: the first relation that does not hold is reported. */
  const isConsistent = (row: Row): boolean => {
    const { line, open, high, low, close } = row;
    if (high < low) {
      report(line, "high", String(high), `inverted: high is below low ${low}`);
    } else if (open > high || open < low) {
      report(line, "open", String(open), `outside of the bar's range ${low} to ${high}`);
    } else if (close > high || close < low) {
      report(line, "close", String(close), `outside of the bar's range ${low} to ${high}`);
    } else {
      return true;
    }
    return false;
  };

  const isForward = (draft: Draft, line: number, at: number, cell: Cell): boolean => {
    const last = draft.rows.at(-1);
    if (last === undefined || at > last.at) return true;
    const what =
      at === last.at
        ? `duplicate: line ${last.line} has the same time ${Timestamp.format(at)}; keep one`
        : `out of order: before ${Timestamp.format(last.at)} of line ${last.line}; ${
            options.order === "newest first"
              ? "sort the file by time, newest first"
              : 'sort the file by time, oldest first, or read with order: "newest first"'
          }`;
    report(line, "time", Cells.shown(cell), what);
    return false;
  };

  const stampOf = (cells: ReadonlyArray<Cell>): Cell => Cells.stamp(cells[index.time], cells[index.clock]);

  const push = (line: number, cells: ReadonlyArray<Cell>): void => {
    const draft = draftOf(cells);
    const prices = [index.open, index.high, index.low, index.close];
    if (options.missing === "skip" && prices.some((i) => Cells.isMissing(cells[i]))) {
      draft.skipped += 1;
      return;
    }
    const stamp = stampOf(cells);
    const time = Cells.timeOf(stamp, options.dates);
    if (Result.isFailure(time)) report(line, "time", Cells.shown(stamp), time.failure);
    const open = price(draft, line, "open", cells);
    const high = price(draft, line, "high", cells);
    const low = price(draft, line, "low", cells);
    const close = price(draft, line, "close", cells);
    const traded = volume(line, cells);
    if (open === undefined || high === undefined || low === undefined || close === undefined) return;
    if (traded === undefined || Result.isFailure(time)) return;
    const row: Row = { line, at: time.success, open, high, low, close, volume: traded };
    if (isForward(draft, line, row.at, stamp) && isConsistent(row)) draft.rows.push(row);
  };

  const seriesOf = (symbol: string, draft: Draft): BarSeries => {
    const intervalMs = options.intervalMs ?? commonDifference(draft.rows);
    if (intervalMs === 0) {
      problems.add({
        line: draft.rows[0]?.line ?? 0,
        column: "",
        value: "",
        message: `one bar of ${symbol} does not tell how long it is; give more bars, or the interval`,
      });
    }
    const gaps = gapsOf(draft.rows, intervalMs);
    if (options.gaps === "refuse") {
      for (const gap of gaps) {
        const span = `${Timestamp.format(gap.from)} to ${Timestamp.format(gap.to)}`;
        problems.add({
          line: gap.line,
          column: "",
          value: "",
          message: `gap: ${gap.missing} bars missing from ${span}`,
        });
      }
    }
    const bars = toBars(symbol, draft.rows, intervalMs, options.stamp ?? "open");
    return { symbol, intervalMs, bars, gaps, rounded: draft.rounded, skipped: draft.skipped };
  };

  const finish = (): Result.Result<ReadonlyArray<BarSeries>, BarFileInvalid> => {
    const filled = [...drafts].filter(([, draft]) => draft.rows.length > 0);
    if (filled.length === 0 && problems.count() === 0) {
      problems.add({ line: 0, column: "", value: "", message: "empty: there is no bar in it" });
    }
    if (problems.count() > 0) return Result.fail(problems.error());
    const series = filled.map(([symbol, draft]) => seriesOf(symbol, draft));
    return problems.count() > 0 ? Result.fail(problems.error()) : Result.succeed(series);
  };

  return { push, finish };
};

/** The one series that is meant: the only one, or the one of `options.symbol`. */
export const pick = (
  series: ReadonlyArray<BarSeries>,
  options: Options,
): Result.Result<BarSeries, BarFileInvalid> => {
  const [only, ...others] = series;
  const named = series.find((one) => one.symbol === options.symbol);
  if (named !== undefined) return Result.succeed(named);
  // A single series takes the name it is asked for: files spell symbols in their own way.
  if (only !== undefined && others.length === 0) {
    const symbol = options.symbol ?? only.symbol;
    const bars = symbol === only.symbol ? only.bars : only.bars.map((bar) => ({ ...bar, symbol }));
    return Result.succeed({ ...only, symbol, bars });
  }
  const message = `holds ${series.length} symbols (${series.map((one) => one.symbol).join(", ")}); name one of them`;
  return Result.fail(
    single(options.file ?? "bars.csv", { line: 0, column: "", value: options.symbol ?? "", message }),
  );
};
