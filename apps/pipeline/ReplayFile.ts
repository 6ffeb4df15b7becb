import * as BarFile from "@strom/adapters/files/BarFile.ts";
import { Effect, Schema } from "effect";

/** The file cannot be read at all. */
export class ReplayFileUnreadable extends Schema.TaggedError<ReplayFileUnreadable>()("ReplayFileUnreadable", {
  file: Schema.String,
  reason: Schema.String,
}) {
  override get message() {
    return `STROM_MARKET names ${this.file}, which cannot be read: ${this.reason}`;
  }
}

/** STROM_SYMBOLS with a single symbol names the bars of a replay; otherwise the file does. */
export const symbolOf = (symbols: ReadonlyArray<string>): string | undefined =>
  symbols.length === 1 ? symbols[0] : undefined;

/**
 * The bars of a file that STROM_MARKET names: CSV or Parquet, as they are or compressed by gzip. Their symbol is the
 * file's own column, else the file's name without its interval (`btcusd-1m.csv` holds BTCUSD), unless another is
 * given. Errors name file, line and column.
 */
export const read = (file: string, symbol?: string) =>
  BarFile.read(file, { symbol }).pipe(
    Effect.catchTag("BarFileUnreadable", ({ reason }) =>
      Effect.fail(new ReplayFileUnreadable({ file, reason })),
    ),
  );
