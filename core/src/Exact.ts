/**
 * Exact products of whole numbers in doubles, for the hot path of money: several times faster than bigints, and the
 * same to the last digit. A product of two doubles is held as a sum of two (Dekker, T. J. (1971), A floating-point
 * technique for extending the available precision, Numerische Mathematik 18, 224-242), which loses nothing below 2^106.
 */

const SPLIT = 134_217_729;
const LARGEST = Number.MAX_SAFE_INTEGER;
/** Half of the whole numbers a double holds: a quotient up to here may still be rounded up. */
const LARGEST_QUOTIENT = 4_503_599_627_370_496;
/** Divisors up to here keep each half of a product exact. */
const LARGEST_DIVISOR = 134_217_728;

/**
 * `a * b / c`, half to even, for whole a and b from 0 and whole c from 1; NaN where it does not fit: a or b beyond
 * 2^53, c beyond 2^27, the quotient beyond 2^52.
 */
export const mulDiv = (a: number, b: number, c: number): number => {
  if (!(a <= LARGEST && b <= LARGEST && c <= LARGEST_DIVISOR)) return Number.NaN;
  const high = a * b;
  let quotient = Math.floor(high / c);
  if (quotient > LARGEST_QUOTIENT) return Number.NaN;
  const t = SPLIT * a;
  const aHigh = t - (t - a);
  const aLow = a - aHigh;
  const u = SPLIT * b;
  const bHigh = u - (u - b);
  const bLow = b - bHigh;
  const low = aHigh * bHigh - high + aHigh * bLow + aLow * bHigh + aLow * bLow;
  // What the estimated quotient leaves of the product; it may be off by one either way.
  const taken = quotient * c;
  const v = SPLIT * quotient;
  const qHigh = v - (v - quotient);
  const takenLow = qHigh * c - taken + (quotient - qHigh) * c;
  let rest = high - taken - takenLow + low;
  if (rest < 0) {
    quotient -= 1;
    rest += c;
  } else if (rest >= c) {
    quotient += 1;
    rest -= c;
  }
  const twice = rest + rest;
  return twice > c || (twice === c && quotient % 2 === 1) ? quotient + 1 : quotient;
};
