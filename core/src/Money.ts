import { Data, Result, Schema, SchemaGetter } from "effect";
import * as Exact from "./Exact.ts";

/**
 * Exact money: every price, quantity and amount is a bigint of millionths, the scale of `numeric(18,6)`.
 *
 * Rounding happens only in the functions that say so (`notional`, `divide`, `mulDiv`, `bps`, `roundTo`,
 * `formatFixed`), each once, half to even. A value from outside is parsed and refused with a `MoneyError`;
 * a computed value that leaves the range is a programmer's error and throws a `RangeError`.
 */
export type Price = bigint & { readonly "~strom/Price": true };
export type Qty = bigint & { readonly "~strom/Qty": true };
export type Cash = bigint & { readonly "~strom/Cash": true };

/** Digits after the point. */
export const SCALE = 6;
/** The number one, in millionths. */
export const ONE = 1_000_000n;
/** The largest magnitude of `numeric(18,6)`, in millionths: 999999999999.999999. */
export const MAX = 10n ** 18n - 1n;
/** The largest magnitude of the ledger's `numeric(24,6)`: sums of the books outgrow what one amount may be. */
export const MAX_SUM = 10n ** 24n - 1n;
/**
 * The largest price, in millionths: just below 2^33. Up to here neighbouring doubles lie closer together than
 * a millionth, so a price and its float64 map one to one; beyond, two prices would share one double.
 */
export const MAX_PRICE = (1n << 33n) * ONE - 1n;

/** A value from outside that is not money: what came in, and what would have been right. */
export class MoneyError extends Data.TaggedError("MoneyError")<{
  readonly input: string;
  readonly reason: string;
}> {
  override get message(): string {
    return `${this.input} is refused: ${this.reason}`;
  }
}

// Minting: the one place where a bigint is declared to be money.

/** Millionths as a cash amount, also a sum of the books. Throws `RangeError` beyond `numeric(24,6)`. */
export const cash = (micro: bigint): Cash => {
  if (micro > MAX_SUM || micro < -MAX_SUM) {
    throw new RangeError(`${format(micro)} does not fit numeric(24,6)`);
  }
  return micro as Cash;
};
/** Millionths as a quantity; negative is short. Throws `RangeError` beyond `numeric(18,6)`. */
export const qty = (micro: bigint): Qty => inRange(micro) as Qty;
/** Millionths as a price. Throws `RangeError` unless 0 < micro ≤ `MAX_PRICE`. */
export const price = (micro: bigint): Price => {
  if (micro <= 0n || micro > MAX_PRICE) {
    throw new RangeError(`a price is above 0 and at most ${format(MAX_PRICE)}, not ${format(micro)}`);
  }
  return micro as Price;
};

const inRange = (micro: bigint): bigint => {
  if (micro > MAX || micro < -MAX) {
    throw new RangeError(`${format(micro)} does not fit numeric(18,6)`);
  }
  return micro;
};

export const ZERO_CASH: Cash = cash(0n);
export const ZERO_QTY: Qty = qty(0n);

// Text

const DECIMAL = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?$/;
const shown = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** Digits before the point: of `numeric(18,6)`, and of `numeric(24,6)`. */
const WHOLE = 12;
const WHOLE_OF_SUM = 18;

const parse = (text: string, digits: number = WHOLE): Result.Result<bigint, MoneyError> => {
  const refuse = (reason: string) => Result.fail(new MoneyError({ input: shown(text), reason }));
  const match = DECIMAL.exec(text);
  if (match === null) return refuse('write a plain decimal such as "1234.5": digits, at most one point');
  const [, sign = "", whole = "", fraction = ""] = match;
  if (fraction.length > SCALE) return refuse(`at most ${SCALE} decimals fit, there are ${fraction.length}`);
  if (whole.length > digits) return refuse(`the magnitude must be below ${10n ** BigInt(digits)}`);
  const micro = BigInt(whole + fraction.padEnd(SCALE, "0"));
  return Result.succeed(sign === "-" ? -micro : micro);
};

const asPrice = (micro: bigint, input: string): Result.Result<Price, MoneyError> => {
  if (micro <= 0n) return Result.fail(new MoneyError({ input, reason: "a price must be above zero" }));
  if (micro > MAX_PRICE) {
    return Result.fail(new MoneyError({ input, reason: `a price is at most ${format(MAX_PRICE)}` }));
  }
  return Result.succeed(price(micro));
};

/** A decimal string as a price: above zero, at most 6 decimals, at most `MAX_PRICE`. */
export const parsePrice = (text: string): Result.Result<Price, MoneyError> =>
  Result.flatMap(parse(text), (micro) => asPrice(micro, shown(text)));
/** A decimal string as a quantity, sign allowed. */
export const parseQty = (text: string): Result.Result<Qty, MoneyError> => Result.map(parse(text), qty);
/** A decimal string as an amount, sign allowed. */
export const parseCash = (text: string): Result.Result<Cash, MoneyError> => Result.map(parse(text), cash);
/** A decimal string as a sum of the books (equity, realized, fees), which may be a million times an amount. */
export const parseSum = (text: string): Result.Result<Cash, MoneyError> =>
  Result.map(parse(text, WHOLE_OF_SUM), cash);

const digitsOf = (micro: bigint): string => String(abs(micro)).padStart(SCALE + 1, "0");

/** The shortest decimal: `100000`, `7424.91`, `-0.000001`. `parse(format(x)) = x`. */
export const format = (micro: bigint): string => {
  const digits = digitsOf(micro);
  const fraction = digits.slice(-SCALE).replace(/0+$/, "");
  return `${micro < 0n ? "-" : ""}${digits.slice(0, -SCALE)}${fraction === "" ? "" : `.${fraction}`}`;
};

/** Exactly `decimals` digits after the point (0..6), half to even when digits are dropped: `100000.00`. */
export const formatFixed = (micro: bigint, decimals: number = SCALE): string => {
  const rounded = roundTo(micro, decimals);
  const digits = digitsOf(rounded);
  const fraction = digits.slice(-SCALE).slice(0, decimals);
  return `${rounded < 0n ? "-" : ""}${digits.slice(0, -SCALE)}${decimals === 0 ? "" : `.${fraction}`}`;
};

// Float64

/** The nearest double. For a `Price` this loses nothing: `priceFromNumber` gives the same price back. */
export const toNumber = (micro: bigint): number => Number(micro) / 1e6;

/**
 * The amount whose double is exactly `n`, or a refusal when no number of at most 6 decimals has that double.
 * Exact for |n| < 2^33; larger magnitudes are refused, their text must be parsed instead.
 */
export const fromNumber = (n: number): Result.Result<bigint, MoneyError> => {
  const refuse = (reason: string) => Result.fail(new MoneyError({ input: String(n), reason }));
  if (!Number.isFinite(n)) return refuse("a finite number is needed");
  if (Math.abs(n) >= 2 ** 33) return refuse(`numbers are exact below ${2 ** 33}: give a decimal string`);
  const near = Math.round(n * 1e6);
  // n * 1e6 is itself rounded, so the true count of millionths may be a neighbour.
  if (near / 1e6 === n) return Result.succeed(BigInt(near));
  for (const by of [-1, 1]) if ((near + by) / 1e6 === n) return Result.succeed(BigInt(near + by));
  return refuse(`at most ${SCALE} decimals fit`);
};

/** The price whose float64 is `n`, exactly; refused unless above zero, below 2^33 and of ≤ 6 decimals. */
export const priceFromNumber = (n: number): Result.Result<Price, MoneyError> => {
  const micro = fromNumber(n);
  if (Result.isFailure(micro)) return Result.fail(micro.failure);
  // The words are made only for a refusal: writing a number costs more than checking it.
  return micro.success > 0n ? Result.succeed(price(micro.success)) : asPrice(micro.success, String(n));
};

// Arithmetic

/** `a * b / c` on plain bigints, half to even. Throws `RangeError` when `c` is zero. */
export const mulDiv = (a: bigint, b: bigint, c: bigint): bigint => {
  const x = Number(a);
  const y = Number(b);
  const quick = c > 0n ? Exact.mulDiv(x < 0 ? -x : x, y < 0 ? -y : y, Number(c)) : Number.NaN;
  if (quick >= 0) return BigInt(x < 0 === y < 0 ? quick : -quick);
  const [product, size] = [a * b, abs(c)];
  const quotient = product / c;
  const twice = 2n * abs(product - quotient * c);
  if (twice < size || (twice === size && quotient % 2n === 0n)) return quotient;
  return product < 0n === c < 0n ? quotient + 1n : quotient - 1n;
};

/** `a / b` of two millionth-scaled values, in millionths, half to even. */
export const divide = (a: bigint, b: bigint): bigint => mulDiv(a, ONE, b);

/** `a * b` of two millionth-scaled values, in millionths, half to even. */
export const multiply = (a: bigint, b: bigint): bigint => mulDiv(a, b, ONE);

/** The signed value of a quantity at a price, half to even. */
export const notional = (quantity: Qty, at: Price): Cash => cash(mulDiv(quantity, at, ONE));

/** Basis points of an amount, half to even. A number may have up to 6 decimals of a basis point. */
export const bps = (amount: bigint, points: number | bigint): bigint => {
  const scaled =
    typeof points === "bigint"
      ? points * ONE
      : Result.getOrThrowWith(fromNumber(points), (e) => new RangeError(e.message));
  return mulDiv(amount, scaled, 10_000n * ONE);
};

/** Rounded to so many decimals (0..6), half to even; still in millionths. */
export const roundTo = (micro: bigint, decimals: number): bigint => {
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > SCALE) {
    throw new RangeError(`decimals must be 0 to ${SCALE}, not ${decimals}`);
  }
  const unit = 10n ** BigInt(SCALE - decimals);
  return mulDiv(micro, 1n, unit) * unit;
};

/** The largest multiple of the lot not beyond the quantity, towards zero. Throws unless the lot is positive. */
export const floorToLot = (quantity: Qty, lot: Qty): Qty => {
  if (lot <= 0n) throw new RangeError(`a lot is above zero, not ${format(lot)}`);
  return qty(quantity - (quantity % lot));
};

export const plus = <A extends Cash | Qty>(a: A, b: A): A => sum(a, b) as A;
export const minus = <A extends Cash | Qty>(a: A, b: A): A => sum(a, minusOf(b)) as A;
export const negate = <A extends Cash | Qty>(a: A): A => minusOf(a) as A;
export const min = <A extends bigint>(a: A, b: A): A => (a < b ? a : b);
export const max = <A extends bigint>(a: A, b: A): A => (a > b ? a : b);
export const abs = <A extends bigint>(a: A): A => (a < 0n ? (minusOf(a) as A) : a);

const sum = (a: bigint, b: bigint): bigint => inRange(a + b);
const minusOf = (a: bigint): bigint => -a;

// Codecs: a decimal string outside, exact money inside.

const codec = <A extends bigint>(
  read: (text: string) => Result.Result<A, MoneyError>,
  description: string,
  example: string,
  digits: number = WHOLE,
) => {
  const written = Schema.String.check(
    Schema.makeFilter(
      (text: string) => Result.match(read(text), { onFailure: (e) => e.message, onSuccess: () => true }),
      {
        description,
        toJsonSchema: () => ({ pattern: `^-?(0|[1-9][0-9]{0,${digits - 1}})(\\.[0-9]{1,${SCALE}})?$` }),
      },
    ),
  ).annotate({ description, examples: [example] });
  return written.pipe(
    Schema.decodeTo(
      Schema.declare((u: unknown): u is A => typeof u === "bigint"),
      {
        decode: SchemaGetter.transform((text: string) => Result.getOrThrow(read(text))),
        encode: SchemaGetter.transform((micro: A) => format(micro)),
      },
    ),
  );
};

export const PriceFromString = codec(
  parsePrice,
  "A price above zero as a decimal string, at most 6 decimals",
  "7424.91",
);
export const QtyFromString = codec(parseQty, "A quantity as a decimal string, at most 6 decimals", "0.25");
export const CashFromString = codec(parseCash, "An amount as a decimal string, at most 6 decimals", "100000");
export const SumFromString = codec(
  parseSum,
  "A sum of the books as a decimal string, at most 6 decimals",
  "100000",
  WHOLE_OF_SUM,
);
