import { Schema, SchemaTransformation } from "effect";

const isoPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** `Date.parse` takes a 30th of February for a day in March. */
const isDay = (date: string): boolean => {
  const at = Date.parse(`${date}T00:00:00Z`);
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(date);
};

/** The years both this notation and the database's know: 1 to 9999, in UTC. */
const FIRST = -62_135_596_800_000;
export const LAST = 253_402_300_799_999;
const isKnownYear = (at: number): boolean => at >= FIRST && at <= LAST;

/** An instant: ISO 8601 with a zone on the wire, milliseconds since the epoch inside. Written in UTC. */
export const Instant = Schema.String.check(
  Schema.makeFilter(
    (text) =>
      (isoPattern.test(text) && isDay(text.slice(0, 10)) && isKnownYear(Date.parse(text))) ||
      "an instant has a date, a time and a zone, such as 2026-01-31T09:15:00.000Z",
    { toJsonSchema: () => ({ format: "date-time" }) },
  ),
).pipe(
  Schema.decodeTo(
    Schema.Number,
    SchemaTransformation.transform({
      decode: (text) => Date.parse(text),
      encode: (at) => new Date(at).toISOString(),
    }),
  ),
);

/** Money, a price or a quantity as the API writes it: a decimal string, never a JSON number. */
export const Decimal = Schema.String.annotate({
  description: "a decimal number as a string, at most 6 decimals",
  examples: ["100000.00"],
});

/** A whole number as a query has it: its digits alone, where a number may also be 1e2, +5 or 0x10. */
export const wholeNumber = (least: number, most: number) =>
  Schema.String.check(
    Schema.makeFilter(
      (text) =>
        (/^(0|[1-9]\d{0,14})$/.test(text) && Number(text) >= least && Number(text) <= most) ||
        `it should be a whole number from ${least} to ${most}`,
      { toJsonSchema: () => ({ pattern: "^(0|[1-9]\\d{0,14})$" }) },
    ),
  ).pipe(Schema.decodeTo(Schema.Number, SchemaTransformation.transform({ decode: Number, encode: String })));

export const Side = Schema.Literals(["BUY", "SELL"]);

/** A canonical symbol, such as NSE:NIFTY50-INDEX or BTC-USD. */
export const Symbol = Schema.String.check(
  Schema.makeFilter(
    (text) =>
      /^[A-Z0-9][A-Z0-9._:/-]{0,39}$/.test(text) ||
      "a symbol is 1 to 40 of A-Z, 0-9 and . _ : / -, such as BTC-USD",
    { toJsonSchema: () => ({ pattern: "^[A-Z0-9][A-Z0-9._:/-]{0,39}$" }) },
  ),
);
