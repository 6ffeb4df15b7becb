import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { BarFileInvalid, BarSeries } from "@strom/core/files";
import { Csv } from "@strom/core/files";
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
 * The bars of a CSV file. Their symbol is the file's own column, else the file's name without its interval
 * (`btcusd-1m.csv` holds BTCUSD), unless another is given. Errors name file, line and column.
 */
export const read = Effect.fnUntraced(function* (
  file: string,
  symbol?: string,
): Effect.fn.Return<BarSeries, ReplayFileUnreadable | BarFileInvalid> {
  const bytes = yield* Effect.tryPromise({
    try: () => fs.readFile(file),
    catch: (cause) =>
      new ReplayFileUnreadable({ file, reason: cause instanceof Error ? cause.message : String(cause) }),
  });
  return yield* Effect.fromResult(Csv.parse(bytes, { file: path.basename(file), symbol }));
});
