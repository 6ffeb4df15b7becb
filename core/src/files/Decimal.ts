import { Result } from "effect";
import { MAX_PRICE } from "../Money.ts";

/** Numbers as files write them, read digit by digit so that no rounding happens unseen. */

export interface Options {
  /** The decimal mark of the file. */
  readonly mark: "." | ",";
  /** What to do with more than six decimals that are not zeros. */
  readonly excess: "refuse" | "round";
}

export interface Decimal {
  readonly value: number;
  /** True when more than six decimals were rounded away, half to even. */
  readonly rounded: boolean;
}

const DECIMALS = 6;

const shape = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Moves the decimal point of `digits.fraction` by `exponent` places. */
const shift = (whole: string, fraction: string, exponent: number): [string, string] => {
  if (exponent >= 0) {
    const padded = fraction.padEnd(exponent, "0");
    return [whole + padded.slice(0, exponent), padded.slice(exponent)];
  }
  const padded = whole.padStart(-exponent + 1, "0");
  return [padded.slice(0, exponent), padded.slice(exponent) + fraction];
};

/** Whether the digits beyond the sixth round the sixth up, half to even. */
const roundsUp = (excess: string, last: bigint): boolean => {
  if (excess === "" || excess < "5") return false;
  return /^50*$/.test(excess) ? last % 2n === 1n : true;
};

/** With a decimal comma a point may separate thousands or be the mark of another file: what is meant is for its reader to say. */
const notWithPoint = (text: string): string =>
  /^[+-]?\d{1,3}(\.\d{3})+(,\d+)?$/.test(text)
    ? `not a number where the comma is the decimal mark; write it without points, as ${text.replaceAll(".", "")}`
    : 'not a number where the comma is the decimal mark; if the point is, read with decimalMark: "."';

const notNumber = (text: string, options: Options): string => {
  if (text === "") return 'empty; a number is needed, or read with missing: "skip"';
  if (/^[+-]?(nan|null|none|n\/a|na|-+)$/i.test(text)) {
    return 'not a number; leave such lines out or read with missing: "skip"';
  }
  if (/^[+-]?inf/i.test(text)) return "not a finite number";
  if (options.mark === "," && /^[+-]?[\d,]*\.[\d.,]*$/.test(text)) return notWithPoint(text);
  if (/^\d{1,3}(,\d{3})+\.\d+$/.test(text) || /^\d{1,3}(,\d{3}){2,}$/.test(text)) {
    return `not a number; write it without separators of thousands, as ${text.replaceAll(",", "")}`;
  }
  if (options.mark === "." && /^\d+,\d+$/.test(text)) {
    return 'not a number; if the comma is the decimal mark, read with decimalMark: ","';
  }
  return "not a number; write digits with one decimal mark, such as 7424.91";
};

/** The text with a point for its decimal mark; with a decimal comma a point of its own makes it no number. */
const pointed = (text: string, mark: "." | ","): string => {
  if (mark === ".") return text;
  return text.includes(".") ? "" : text.replace(",", ".");
};

const slow = (text: string, options: Options): Result.Result<Decimal, string> => {
  const match = shape.exec(pointed(text, options.mark));
  if (match === null || `${match[2] ?? ""}${match[3] ?? ""}` === "") {
    return Result.fail(notNumber(text, options));
  }
  const [whole, fraction] = shift(match[2] ?? "", match[3] ?? "", Number(match[4] ?? 0));
  const excess = fraction.slice(DECIMALS).replace(/0+$/, "");
  if (excess !== "" && options.excess === "refuse") {
    return Result.fail(
      'more than 6 decimals; prices are exact to 0.000001: round them in the file or read with decimals: "round"',
    );
  }
  const micro = BigInt(whole + fraction.slice(0, DECIMALS).padEnd(DECIMALS, "0"));
  const exact = roundsUp(excess, micro) ? micro + 1n : micro;
  if (exact > MAX_PRICE) return Result.fail("too large; a price is below 8589934592");
  const size = Number(exact) / 1e6;
  return Result.succeed({ value: match[1] === "-" ? -size : size, rounded: excess !== "" });
};

// The common case, kept off BigInt: at most fifteen digits make Number() exact to the last one.
const plain = /^\d{1,9}(?:\.\d{1,6})?$/;

/** A signed decimal on the 1e-6 grid as its float64, or a sentence saying what is wrong. */
export const parse = (text: string, options: Options): Result.Result<Decimal, string> =>
  options.mark === "." && plain.test(text)
    ? Result.succeed({ value: Number(text), rounded: false })
    : slow(text, options);

/** The same for a cell that is a float64 already, as in a columnar file. */
export const fromNumber = (value: number, options: Options): Result.Result<Decimal, string> => {
  if (!Number.isFinite(value)) {
    return Result.fail('not a finite number; leave such rows out or read with missing: "skip"');
  }
  const nearest = Math.round(value * 1e6) / 1e6;
  // Shortest decimal text of a float64 is what its writer meant: 0.1 and not 0.1000000000000000055.
  return nearest === value && Math.abs(value) < 1e9
    ? Result.succeed({ value, rounded: false })
    : slow(String(value), { ...options, mark: "." });
};

/** A volume: a quantity of any precision, not below zero. */
export const parseVolume = (text: string, mark: "." | ","): Result.Result<number, string> => {
  if (mark === "." && plain.test(text)) return Result.succeed(Number(text));
  const normal = pointed(text, mark);
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/.test(normal)) {
    return Result.fail(notNumber(text, { mark, excess: "round" }));
  }
  const value = Number(normal);
  if (!Number.isFinite(value)) return Result.fail("not a finite number");
  if (value < 0) return Result.fail("below zero; a volume is 0 or more");
  return Result.succeed(value);
};
