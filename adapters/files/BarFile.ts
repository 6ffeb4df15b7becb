import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { BarFileInvalid, BarSeries } from "@strom/core/files";
import { Csv, Parquet } from "@strom/core/files";
import { Effect, Schema } from "effect";

/** The file cannot be read at all. */
export class BarFileUnreadable extends Schema.TaggedError<BarFileUnreadable>()("BarFileUnreadable", {
  file: Schema.String,
  reason: Schema.String,
}) {
  override get message() {
    return `${this.file} cannot be read: ${this.reason}`;
  }
}

export type Options = Csv.Options & Parquet.Options;

const reasonOf = (cause: unknown): string => {
  const code: unknown = cause instanceof Error ? Reflect.get(cause, "code") : undefined;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder";
  if (code === "EACCES") return "this user may not read it";
  return cause instanceof Error ? cause.message : String(cause);
};

const unzip = promisify(gunzip);

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** What is in a file, unpacked where it was compressed by gzip. */
const contents = async (path: string): Promise<Buffer<ArrayBuffer>> => {
  const bytes = await readFile(path);
  return isGzip(bytes) ? await unzip(bytes) : bytes;
};

/**
 * The bars of a CSV or, by its ending, a Parquet file, also of one that gzip has compressed. Their symbol is the one asked for, else the file's own
 * column, else the file's name without its interval. Errors name file, line and column.
 */
export const read = Effect.fnUntraced(function* (
  path: string,
  options: Options = {},
): Effect.fn.Return<BarSeries, BarFileUnreadable | BarFileInvalid> {
  const bytes = yield* Effect.tryPromise({
    try: () => contents(path),
    catch: (cause) => new BarFileUnreadable({ file: path, reason: reasonOf(cause) }),
  });
  const name = basename(path).replace(/\.gz$/i, "");
  const named = { file: name, ...options };
  const parsed = /\.(parquet|pq)$/i.test(name)
    ? yield* Effect.promise(() => Parquet.parse(new Uint8Array(bytes), named))
    : Csv.parse(bytes, named);
  return yield* Effect.fromResult(parsed);
});
