import { Result } from "effect";
import type { AsyncBuffer, Compressors } from "hyparquet";
import { parquetMetadataAsync, parquetReadObjects, parquetSchema } from "hyparquet";
import * as Asked from "./Asked.ts";
import type { Cell } from "./Cell.ts";
import * as Columns from "./Columns.ts";
import type { BarFileInvalid } from "./FileInvalid.ts";
import { collector, single } from "./FileInvalid.ts";
import * as Series from "./Series.ts";

/**
 * Bars out of Parquet, by the same column names, checks and errors as CSV; a problem's `line` is
 * the 1-based row. Prices stored as float64 must be on the 1e-6 grid, or be rounded by `decimals: "round"`.
 * Times may be timestamps, dates, text, or unix s, ms, us, ns.
 */

export interface Options extends Series.Options {
  /** Codecs besides snappy and none, as the package `hyparquet-compressors` exports them. */
  readonly compressors?: Compressors | undefined;
}

/** A whole file, or one that is read in slices, as hyparquet's `asyncBufferFromFile` gives. */
export type Input = ArrayBuffer | Uint8Array<ArrayBuffer> | AsyncBuffer;

const bufferOf = (input: Input): ArrayBuffer | AsyncBuffer =>
  input instanceof Uint8Array
    ? input.buffer.slice(input.byteOffset, input.byteOffset + input.byteLength)
    : input;

const cellOf = (value: unknown): Cell => {
  switch (typeof value) {
    case "string":
    case "number":
    case "bigint":
      return value;
    default:
      return value instanceof Date ? value : value === null || value === undefined ? null : String(value);
  }
};

const isNamed = (column: string | undefined): column is string => column !== undefined;

/** Every series of a file, by its symbol column where it has one. Never rejects for what the file holds. */
export const parseAll = async (
  input: Input,
  options: Options = {},
): Promise<Result.Result<ReadonlyArray<Series.BarSeries>, BarFileInvalid>> => {
  const file = options.file ?? "bars.parquet";
  const odd = Asked.refusal(file, options);
  if (odd !== undefined) return Result.fail(odd);
  const problems = collector(file);
  const whole = (message: string): BarFileInvalid =>
    single(file, { line: 0, column: "", value: "", message });
  const buffer = bufferOf(input);
  try {
    const metadata = await parquetMetadataAsync(buffer);
    const columns = Columns.find(parquetSchema(metadata).children.map((child) => child.element.name));
    const [absent] = Columns.missing(columns);
    if (absent !== undefined) return Result.fail(whole(absent));
    const used = Object.values(columns.index)
      .map((i) => columns.names[i])
      .filter(isNamed);
    const rows = await parquetReadObjects({
      file: buffer,
      metadata,
      columns: used,
      ...(options.compressors === undefined ? {} : { compressors: options.compressors }),
    });
    const builder = Series.builder(columns, problems, { ...options, file });
    const push = (i: number): void => {
      const row = rows[i] ?? {};
      builder.push(
        i + 1,
        columns.names.map((name) => cellOf(row[name])),
      );
    };
    if (options.order === "newest first") for (let i = rows.length - 1; i >= 0; i--) push(i);
    else for (let i = 0; i < rows.length; i++) push(i);
    return builder.finish();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const hint = /compress|codec/i.test(reason)
      ? "; write it with snappy or without compression, or pass compressors"
      : "";
    return Result.fail(whole(`not readable as Parquet: ${reason}${hint}`));
  }
};

/** The one series of a file. `options.symbol` picks one where a symbol column holds several. */
export const parse = async (
  input: Input,
  options: Options = {},
): Promise<Result.Result<Series.BarSeries, BarFileInvalid>> =>
  Result.flatMap(await parseAll(input, options), (series) => Series.pick(series, options));
