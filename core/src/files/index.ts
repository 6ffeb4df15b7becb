/** The entry of `@strom/core/files`: bars out of CSV and Parquet. Parsing is pure; reading is the caller's. */
export * as Csv from "./Csv.ts";
export { BarFileInvalid, formatProblem, type Problem } from "./FileInvalid.ts";
export type { Gap } from "./Interval.ts";
export * as Parquet from "./Parquet.ts";
export type { BarSeries } from "./Series.ts";
export * as Timestamp from "./Timestamp.ts";
