import * as BarFile from "@strom/adapters/files/BarFile.ts";
import type { BarSeries } from "@strom/core/files";
import { Effect } from "effect";
import { Flag } from "effect/cli";
import { InputRefused } from "./Refusal.ts";

/** What `--data` takes. */
export const FILE = "the name of a file of bars, CSV or Parquet, such as spy-1d.csv";

/** How files of bars are to be read, for every command that reads some. */
export const flags = {
  dates: Flag.Literals("dates", ["refuse", "mdy", "dmy"]).pipe(
    Flag.withDescription(
      "What comes first in dates like 04/05/2018: the month (mdy) or the day (dmy); default refuse",
    ),
    Flag.withDefault("refuse"),
  ),
  order: Flag.Literals("order", ["oldest-first", "newest-first"]).pipe(
    Flag.withDescription("How the rows of a file are sorted by time; default oldest-first"),
    Flag.withDefault("oldest-first"),
  ),
  decimalMark: Flag.Literals("decimal-mark", ["point", "comma"]).pipe(
    Flag.withDescription("What stands before the decimals of a CSV file's numbers; default point"),
    Flag.withDefault("point"),
  ),
  decimals: Flag.Literals("decimals", ["refuse", "round"]).pipe(
    Flag.withDescription("What to do with prices of more than six decimals; default refuse"),
    Flag.withDefault("refuse"),
  ),
  missing: Flag.Literals("missing", ["refuse", "skip"]).pipe(
    Flag.withDescription(
      "What to do with rows without prices; with skip, a missing volume is none; default refuse",
    ),
    Flag.withDefault("refuse"),
  ),
} as const;

/** The values of the flags above. */
export interface Asked {
  readonly dates: "refuse" | "mdy" | "dmy";
  readonly order: "oldest-first" | "newest-first";
  readonly decimalMark: "point" | "comma";
  readonly decimals: "refuse" | "round";
  readonly missing: "refuse" | "skip";
}

/** The core names options as a program writes them; here they are flags. */
const asFlags = (message: string): string =>
  message
    .replaceAll('missing: "skip"', "--missing skip")
    .replaceAll('decimals: "round"', "--decimals round")
    .replaceAll('order: "newest first"', "--order newest-first")
    .replaceAll('decimalMark: ","', "--decimal-mark comma")
    .replaceAll('decimalMark: "."', "--decimal-mark point")
    .replaceAll(/dates: "(mdy|dmy)"/g, "--dates $1");

/** The bars of a file. */
export const read = (
  path: string,
  { dates, order, decimalMark, decimals, missing }: Asked,
  symbol?: string,
): Effect.Effect<BarSeries, InputRefused> =>
  BarFile.read(path, {
    symbol,
    dates: dates === "refuse" ? undefined : dates,
    order: order === "newest-first" ? "newest first" : "oldest first",
    decimalMark: decimalMark === "comma" ? "," : ".",
    decimals,
    missing,
  }).pipe(
    Effect.mapError(
      ({ _tag, message }) =>
        new InputRefused({ message: _tag === "BarFileUnreadable" ? `--data ${message}` : asFlags(message) }),
    ),
  );
