/** Which column of a file is which, told by the names that exchanges and vendors give them. */

export type Role = "time" | "open" | "high" | "low" | "close" | "volume" | "symbol";

/** Index of each role's column, and the names as the file spells them (for messages). */
export interface Columns {
  readonly index: Readonly<Record<Role, number>>;
  readonly names: ReadonlyArray<string>;
}

/** In order of preference: a file that has both `unix` and `date` is read by the exact one. */
const known: Readonly<Record<Role, ReadonlyArray<string>>> = {
  time: [
    "ts",
    "timestamp",
    "unix",
    "unixtime",
    "opentime",
    "opentimestamp",
    "time",
    "datetime",
    "datetimeutc",
    "date",
    "gmttime",
    "localtime",
    "t",
  ],
  open: ["open", "o", "openprice", "openingprice"],
  high: ["high", "h", "highprice", "max"],
  low: ["low", "l", "lowprice", "min"],
  close: ["close", "c", "closeprice", "last", "price"],
  volume: ["volume", "v", "vol", "basevolume", "volumefrom", "volumebase", "tickvolume", "qty"],
  symbol: ["symbol", "ticker", "pair", "instrument"],
};

const needed: ReadonlyArray<Role> = ["time", "open", "high", "low", "close"];

/** `Open Time`, `open_time`, `"open-time"` and `<OPENTIME>` are one name. */
const normal = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "");

const indexOf = (names: ReadonlyArray<string>, role: Role): number => {
  for (const candidate of known[role]) {
    const index = names.indexOf(candidate);
    if (index >= 0) return index;
  }
  // "Volume BTC" of CryptoDataDownload: the first such column is in the base currency.
  return role === "volume" ? names.findIndex((name) => name.startsWith("volume")) : -1;
};

/** Columns of a header line; a needed one that is missing has index -1. */
export const find = (header: ReadonlyArray<string>): Columns => {
  const names = header.map(normal);
  const at = (role: Role): number => indexOf(names, role);
  return {
    index: {
      time: at("time"),
      open: at("open"),
      high: at("high"),
      low: at("low"),
      close: at("close"),
      volume: at("volume"),
      symbol: at("symbol"),
    },
    names: header,
  };
};

/** The columns of a file without a header: time, open, high, low, close, volume, as Binance writes klines. */
export const positional = (width: number): Columns => ({
  index: { time: 0, open: 1, high: 2, low: 3, close: 4, volume: width > 5 ? 5 : -1, symbol: -1 },
  names: ["time", "open", "high", "low", "close", "volume"],
});

/** A sentence for each needed column that is not there. */
export const missing = (columns: Columns): ReadonlyArray<string> =>
  needed
    .filter((role) => columns.index[role] < 0)
    .map(
      (role) =>
        `no column for ${role}; name one ${known[role].slice(0, 5).join(", ")} (found: ${columns.names.join(", ") || "none"})`,
    );

/** Whether a line looks like a header: it names at least one known column. */
export const isHeader = (cells: ReadonlyArray<string>): boolean => {
  const { index } = find(cells);
  return Object.values(index).some((i) => i >= 0);
};
