import { Result } from "effect";
import { isClock } from "./Columns.ts";
import * as Timestamp from "./Timestamp.ts";

/** One value of a row, as a file of whatever format gives it. */
export type Cell = string | number | bigint | Date | null | undefined;

/** Whether nothing is in it, in the words of the vendors. */
export const isMissing = (cell: Cell): boolean =>
  cell === null ||
  cell === undefined ||
  (typeof cell === "number" && Number.isNaN(cell)) ||
  (typeof cell === "string" && /^(|nan|null|none|n\/a|na|-)$/i.test(cell));

/** As it may be quoted. */
export const shown = (cell: Cell): string =>
  cell instanceof Date ? Timestamp.format(cell.getTime()) : String(cell ?? "");

/** The instant it means, or a sentence saying why it means none. */
export const timeOf = (cell: Cell, dates: Timestamp.Dates | undefined): Result.Result<number, string> => {
  if (cell instanceof Date) {
    return Number.isFinite(cell.getTime()) ? Result.succeed(cell.getTime()) : Result.fail("not a time");
  }
  // Before 1970 it can be unix time only; otherwise its digits may as well be a date, such as 20200101.
  if (typeof cell === "bigint" && cell < 0n) return Result.succeed(Timestamp.fromUnix(Number(cell)));
  return Timestamp.parse(String(cell ?? ""), dates);
};

/** A day and a time of day as one text. */
const joined = (day: Cell, clock: string): string => {
  const date = day instanceof Date ? Timestamp.format(day.getTime()).slice(0, 10) : shown(day);
  return `${date} ${clock.indexOf(":") === 1 ? "0" : ""}${clock}`;
};

/** What a row says of its time: where the time of day stands beside the date, both, else the one that says it all. */
export const stamp = (day: Cell, clock: Cell): Cell => {
  if (clock === undefined) return day;
  return isClock(shown(clock)) ? joined(day, shown(clock)) : clock;
};
