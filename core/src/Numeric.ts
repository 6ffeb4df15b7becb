/**
 * Logarithm, exponential and power by arithmetic alone (+ - * /): the last bit of `Math.log`, `Math.exp` and
 * `Math.pow` differs between engines, and a figure must be the same everywhere.
 */

/**
 * Natural logarithm of a positive finite number, to about 1e-15 relative: the power of two is split off, the
 * rest is 2 artanh((m - 1) / (m + 1)) as its odd series.
 */
export const ln = (x: number): number => {
  let m = x;
  let power = 0;
  while (m > Math.SQRT2) {
    m /= 2;
    power += 1;
  }
  while (m < Math.SQRT2 / 2) {
    m *= 2;
    power -= 1;
  }
  const t = (m - 1) / (m + 1);
  const t2 = t * t;
  let sum = 0;
  for (let odd = 25; odd >= 1; odd -= 2) sum = sum * t2 + 1 / odd;
  return power * Math.LN2 + 2 * t * sum;
};

// ln 2 in two parts, the first so short that a whole number of them is exact (Cody & Waite 1980).
const LN2_HIGH = 0.693_147_180_369_123_8;
const LN2_LOW = 1.908_214_929_270_587_7e-10;

/**
 * e^x, to about 4e-16 relative where it is a normal double: e^r 2^k with |r| ≤ ln 2 / 2, e^r by its series to r^14.
 * 0 below -745.2, Infinity above 709.8.
 */
export const exp = (x: number): number => {
  if (Number.isNaN(x)) return x;
  if (x > 709.8) return Number.POSITIVE_INFINITY;
  if (x < -745.2) return 0;
  const k = Math.round(x / Math.LN2);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = 1;
  for (let n = 14; n >= 1; n--) sum = 1 + (r * sum) / n;
  return timesPowerOfTwo(sum, k);
};

/** x 2^k by halves, so that no step overflows before the product does. */
const timesPowerOfTwo = (x: number, k: number): number => {
  let product = x;
  let left = k;
  while (left >= 512) {
    product *= 2 ** 512;
    left -= 512;
  }
  while (left <= -512) {
    product *= 2 ** -512;
    left += 512;
  }
  let factor = left < 0 ? 0.5 : 2;
  for (let n = Math.abs(left); n > 0; n = Math.floor(n / 2)) {
    if (n % 2 === 1) product *= factor;
    factor *= factor;
  }
  return product;
};

/** x^y for x > 0, as e^(y ln x): to about 1e-15 times (1 + |y ln x|) relative. */
export const pow = (x: number, y: number): number => exp(y * ln(x));
