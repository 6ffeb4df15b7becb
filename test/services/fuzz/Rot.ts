import type { Dice } from "@strom/apps/simulation/Dice.ts";
import { Predicate } from "effect";

/** Values nobody should send, and ways to spoil what somebody might. */

/** Stands for JSON text that no value has, such as a number beyond every double. */
const raw = (text: string): string => `@@${text}@@`;

/** JSON, with what `raw` stands for. */
export const stringify = (value: unknown): string =>
  (JSON.stringify(value) ?? "").replace(/"@@(.*?)@@"/g, "$1");

const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

/** Numbers as text or as JSON, of every kind that some parser takes and another does not. */
const numbers: ReadonlyArray<string> = [
  "-1",
  "-0",
  "0",
  "1.5",
  "1e-7",
  "1e21",
  "1e308",
  "1e400",
  "-1e400",
  "9007199254740993",
  "99999999999999999999999999",
  "0.1234567",
  "2147483648",
  "-9223372036854775809",
  "123456789012345678901234567890.123456789",
];

export const texts: ReadonlyArray<string> = [
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "\ud800",
  "\u202egnal",
  "👩‍👩‍👧‍👦",
  "x".repeat(300),
  "é".repeat(5_000),
  "' OR 1=1 --",
  "$1",
  "../../etc/passwd",
  "__proto__",
  "constructor",
  "null",
  "NaN",
  "Infinity",
  "0x10",
  "٣",
  "true",
  "{}",
  "2026-02-30T00:00:00Z",
  "0000-01-01T00:00:00Z",
  "9999-12-31T23:59:59.999999999Z",
  "2026-01-01T00:00:00+14:00",
  "1970-01-01T00:00:00-23:59",
  "00000000-0000-0000-0000-000000000000",
  "ffffffff-ffff-4fff-bfff-ffffffffffff",
  "FFFFFFFF-FFFF-4FFF-BFFF-FFFFFFFFFFFF",
  ...numbers,
];

/** Places in lists that no page ended at. */
export const cursors: ReadonlyArray<string> = [
  "-999999999999999999.0.00000000-0000-0000-0000-000000000000",
  "999999999999999999.999999999999999999.ffffffff-ffff-ffff-ffff-ffffffffffff",
  "-62135596800000000.0.00000000-0000-0000-0000-000000000000",
  "1.2.3",
].map((place) => Buffer.from(place).toString("base64url"));

const value = (dice: Dice): unknown =>
  dice.pick<() => unknown>([
    () => null,
    () => dice.pick([true, false]),
    () => [],
    () => ({}),
    () => ({ a: { b: [1, null] } }),
    () => [[]],
    () => nested(dice.pick([3, 14, 40])),
    () => Array.from({ length: dice.pick([2, 101]) }, () => dice.pick([1, "BTC-USD", null])),
    () => raw(dice.pick(numbers)),
    () => raw(dice.pick(numbers)),
    () => dice.pick(texts),
    () => dice.pick(texts),
    () => dice.pick(texts),
  ])();

const excess = [
  "id",
  "user_id",
  "status",
  "seed",
  "owner",
  "__proto__",
  "constructor",
  "toString",
  "",
  "\u0000",
];

const withOne = (fields: Readonly<Record<string, unknown>>, name: string, inner: unknown) =>
  Object.fromEntries([...Object.entries(fields).filter(([other]) => other !== name), [name, inner]]);

/** The same value with one thing wrong somewhere in it. */
export const spoil = (whole: unknown, dice: Dice): unknown => {
  if (Array.isArray(whole) && whole.length > 0 && dice.uniform() < 0.8) {
    const index = dice.integer(0, whole.length - 1);
    return dice.pick<() => unknown>([
      () => whole.map((item, at) => (at === index ? spoil(item, dice) : item)),
      () => [...whole, whole[index]],
      () => whole.toSpliced(index, 1),
    ])();
  }
  if (Predicate.isObject(whole) && dice.uniform() < 0.9) {
    const fields = Object.entries(whole);
    if (fields.length === 0 || dice.uniform() < 0.15) {
      return withOne(Object.fromEntries(fields), dice.pick(excess), value(dice));
    }
    const [name, inner] = dice.pick(fields);
    return dice.uniform() < 0.2
      ? Object.fromEntries(fields.filter(([other]) => other !== name))
      : withOne(Object.fromEntries(fields), name, spoil(inner, dice));
  }
  return value(dice);
};

/** Bytes that are not the JSON they were meant to be. */
export const garble = (json: string, dice: Dice): Buffer => {
  const cut = dice.integer(0, json.length);
  return dice.pick<() => Buffer>([
    () => Buffer.from(json.slice(0, cut)),
    () => Buffer.from(`${json.slice(0, cut)}}${json.slice(cut)}`),
    () => Buffer.from(`${json},`),
    () => Buffer.from(`\ufeff${json}`),
    () => Buffer.from(json, "utf16le"),
    () => Buffer.concat([Buffer.from(json.slice(0, cut)), Buffer.from([0xff, 0xc0, 0x80])]),
    () => Buffer.from("[".repeat(dice.pick([100, 30_000]))),
    () => Buffer.from("9".repeat(60_000)),
    () => Buffer.from(`{"name":1,"name":2,"__proto__":{"role":"admin"}}`),
    () => Buffer.from(`{"a":"${"x".repeat(dice.pick([60_000, 66_000, 300_000]))}"}`),
    () => Buffer.from("NaN"),
    () => Buffer.from("\u0000"),
  ])();
};

/** What no path segment should be. Each is one the client library can send. */
export const segment = (dice: Dice): string =>
  dice.pick([
    "%",
    "%zz",
    "%00",
    "%ff",
    "%c0%80",
    "%2e%2e%2f",
    "%F0%9F%91%A9",
    "..",
    "*",
    ";",
    "@",
    "0x1",
    "null",
    "x".repeat(2_000),
    ...numbers,
    ...texts.filter((text) => text.isWellFormed()).map(encodeURIComponent),
  ]);
