/** Which column of a file is which, told by the names that exchanges and vendors give them. */

export type Role = "time" | "clock" | "open" | "high" | "low" | "close" | "volume" | "symbol";

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
  // Beside a date: the time of day, as MetaTrader writes it.
  clock: [],
  open: ["open", "o", "openprice", "openingprice"],
  high: ["high", "h", "highprice", "max"],
  low: ["low", "l", "lowprice", "min"],
  close: ["close", "c", "closeprice", "last", "price"],
  volume: ["volume", "v", "vol", "basevolume", "volumefrom", "volumebase", "tickvolume", "tickvol", "qty"],
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

/** The day and the time of day, where they are two columns and there is no better one. */
const dayAndClock = (names: ReadonlyArray<string>) => {
  const time = indexOf(names, "time");
  const [day, clock] = [names.indexOf("date"), names.indexOf("time")];
  return day >= 0 && clock >= 0 && time === clock ? { time: day, clock } : { time, clock: -1 };
};

/** Columns of a header line; a needed one that is missing has index -1. */
export const find = (header: ReadonlyArray<string>): Columns => {
  const names = header.map(normal);
  const at = (role: Role): number => indexOf(names, role);
  return {
    index: {
      ...dayAndClock(names),
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

const CLOCK = /^\d{1,2}:\d{2}(?::\d{2})?$/;

/** Whether a cell is a time of day. */
export const isClock = (cell: string): boolean => CLOCK.test(cell);

/**
 * The columns of a file without a header, by its first line: time, open, high, low, close, volume, as Binance writes
 * klines; after the date a time of day, as MetaTrader does.
 */
export const positional = (cells: ReadonlyArray<string>): Columns => {
  const clock = isClock(cells[1] ?? "") ? 1 : -1;
  const at = clock < 0 ? 0 : 1;
  return {
    index: {
      time: 0,
      clock,
      open: at + 1,
      high: at + 2,
      low: at + 3,
      close: at + 4,
      volume: cells.length > at + 5 ? at + 5 : -1,
      symbol: -1,
    },
    names: ["time", ...(clock < 0 ? [] : ["time of day"]), "open", "high", "low", "close", "volume"],
  };
};

/** A sentence for each needed column that is not there, or is there twice. */
export const missing = (columns: Columns): ReadonlyArray<string> => [
  ...needed.filter((role) => isTwice(columns, columns.index[role])).map((role) => twice(columns, role)),
  ...absent(columns),
];

const isTwice = ({ names }: Columns, at: number): boolean =>
  at >= 0 && names.some((name, i) => i !== at && normal(name) === normal(names[at] ?? ""));

const twice = ({ names, index }: Columns, role: Role): string =>
  `two columns are called ${names[index[role]]}; which of them is ${role} cannot be told`;

const absent = (columns: Columns): ReadonlyArray<string> =>
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
