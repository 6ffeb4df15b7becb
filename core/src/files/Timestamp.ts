import { Result } from "effect";

/** Instants as files write them. An instant is ms since the epoch, UTC; text without a zone is UTC. */

const MS_PER_DAY = 86_400_000;

/** Days since 1970-01-01 of a civil date, by Howard Hinnant's `days_from_civil`. */
const daysFromCivil = (year: number, month: number, day: number): number => {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
};

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

const daysInMonth = (year: number, month: number): number => {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
};

const pad = (n: number, width: number): string => String(n).padStart(width, "0");

/** `2018-04-04T00:01:00.000Z`; the inverse of `parse` for every instant of the years 0 to 9999. */
export const format = (at: number): string => {
  const days = Math.floor(at / MS_PER_DAY);
  const ms = at - days * MS_PER_DAY;
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthIndex = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthIndex + 2) / 5) + 1;
  const month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const time = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, Math.floor(ms / 1000) % 60];
  const clock = time.map((part) => pad(part, 2)).join(":");
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${clock}.${pad(ms % 1000, 3)}Z`;
};

const civil =
  /^(\d{4})([-/.]?)(\d{2})\2(\d{2})(?:(?:[T ]+|(?=\d{6}$))(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?$/i;

const EXPECTED =
  "write an ISO instant (2018-04-04T00:01:00Z), YYYY-MM-DD, YYYY-MM-DD HH:mm:ss in UTC, YYYYMMDD, or unix seconds, ms or us";

/** How a file writes dates whose year comes last: `04/13/2018` is `mdy`, `13/04/2018` is `dmy`. */
export type Dates = "mdy" | "dmy";

const YEAR_LAST = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(AM|PM)?)?$/i;

const ORDERLESS = `day and month cannot be told apart; read with dates: "mdy" (04/13/2018) or dates: "dmy" (13/04/2018), or`;

/** `4` of the afternoon is 16; twelve o'clock comes first. */
const hourOf = (hour: string, half: string | undefined): string =>
  half === undefined ? hour : String((Number(hour) % 12) + (half.toLowerCase() === "pm" ? 12 : 0));

/** The same with the year first, or null where it is no such date. */
const yearFirst = (text: string, dates: Dates): string | null => {
  const match = YEAR_LAST.exec(text);
  if (match === null) return null;
  const [, one = "", , other = "", year, hour, minute, second = "00", half] = match;
  const [month, day] = dates === "mdy" ? [one, other] : [other, one];
  const date = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  if (hour === undefined) return date;
  return half !== undefined && (Number(hour) < 1 || Number(hour) > 12)
    ? null
    : `${date} ${hourOf(hour, half).padStart(2, "0")}:${minute}:${second}`;
};

/** How far a zone is ahead of UTC; NaN where no place on earth has it. */
const zoneMs = (zone: string | undefined): number => {
  if (zone === undefined || !/^[+-]/.test(zone)) return 0;
  const past = Number(zone.slice(-2));
  const minutes = Number(zone.slice(1, 3)) * 60 + past;
  if (past > 59 || minutes > 14 * 60) return Number.NaN;
  return (zone.startsWith("-") ? -minutes : minutes) * 60_000;
};

const fromCivil = (match: RegExpExecArray): Result.Result<number, string> => {
  const year = Number(match[1]);
  const month = Number(match[3]);
  const day = Number(match[4]);
  if (month < 1 || month > 12) return Result.fail(`there is no month ${match[3]}; ${EXPECTED}`);
  if (day < 1 || day > daysInMonth(year, month)) {
    return Result.fail(`${match[1]}-${match[3]} has no day ${match[4]}`);
  }
  const hour = Number(match[5] ?? 0);
  const minute = Number(match[6] ?? 0);
  const second = Number(match[7] ?? 0);
  if (hour > 23 || minute > 59 || second > 59) {
    return Result.fail("there is no such time of day; hours go to 23, minutes and seconds to 59");
  }
  const ahead = zoneMs(match[9]);
  if (Number.isNaN(ahead)) {
    return Result.fail(`there is no zone ${match[9]}; they go from -14:00 to +14:00, minutes to 59`);
  }
  const ms = Number((match[8] ?? "0").padEnd(3, "0").slice(0, 3));
  const clock = hour * 3_600_000 + minute * 60_000 + second * 1000 + ms;
  return Result.succeed(daysFromCivil(year, month, day) * MS_PER_DAY + clock - ahead);
};

/** Unix time, its unit told by its size: seconds to 1e11, ms to 1e14, us to 1e17, ns above. */
export const fromUnix = (n: number): number => {
  const size = Math.abs(n);
  if (size < 1e11) return Math.round(n * 1000);
  if (size < 1e14) return Math.floor(n);
  return size < 1e17 ? Math.floor(n / 1e3) : Math.floor(n / 1e6);
};

/** The two digits at a place of a text; NaN where there are none. */
const two = (text: string, at: number): number => {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
};

/**
 * What nearly every file holds, read several times faster than by the general pattern: `YYYY-MM-DD`, then
 * nothing, or `T` or a space and `HH:mm:ss`, then nothing, `Z` or `.000Z`. NaN for anything else.
 */
const common = (text: string): number => {
  const { length } = text;
  const isShape =
    text.charCodeAt(4) === 45 &&
    text.charCodeAt(7) === 45 &&
    (length === 10 ||
      length === 19 ||
      (length === 20 && text.endsWith("Z")) ||
      (length === 24 && text.endsWith(".000Z")));
  if (!isShape) return Number.NaN;
  const year = two(text, 0) * 100 + two(text, 2);
  const month = two(text, 5);
  const day = two(text, 8);
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month))) return Number.NaN;
  const midnight = daysFromCivil(year, month, day) * MS_PER_DAY;
  if (length === 10) return midnight;
  const between = text.charCodeAt(10);
  if ((between !== 84 && between !== 32) || text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58)
    return Number.NaN;
  const hour = two(text, 11);
  const minute = two(text, 14);
  const second = two(text, 17);
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return Number.NaN;
  return midnight + (hour * 3600 + minute * 60 + second) * 1000;
};

/** The instant a cell of text means, or a sentence saying why it means none. */
export const parse = (text: string, dates?: Dates): Result.Result<number, string> => {
  const quick = common(text);
  if (!Number.isNaN(quick)) return Result.succeed(quick);
  if (text === "") return Result.fail(`empty; ${EXPECTED}`);
  const match = civil.exec(text);
  // Twelve digits can only be unix ms; as a date they would want a separator.
  if (match !== null && !/^\d{12}$/.test(text)) return fromCivil(match);
  if (/^\d{9,19}(\.\d+)?$/.test(text)) return Result.succeed(fromUnix(Number(text)));
  if (/^\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}/.test(text)) {
    if (dates === undefined) return Result.fail(`${ORDERLESS} ${EXPECTED}`);
    const turned = yearFirst(text, dates);
    return turned === null ? Result.fail(`not a time; ${EXPECTED}`) : parse(turned);
  }
  return Result.fail(`not a time; ${EXPECTED}`);
};
