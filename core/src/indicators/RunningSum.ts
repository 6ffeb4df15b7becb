/**
 * A sum that values enter and leave without drift: the rounding error of every addition is kept in `low`, so
 * the sum is exact while the values span less than 106 bits (all prices in practice) and never depends on what
 * passed through before. Error-free addition: Knuth, TAOCP vol. 2, 4.2.2; the pair: Dekker (1971).
 */
export interface RunningSum {
  readonly high: number;
  readonly low: number;
}

export const zero: RunningSum = { high: 0, low: 0 };

/** The sum with a value added; subtract by adding its negative. */
export const add = (high: number, low: number, value: number): RunningSum => {
  const sum = high + value;
  const virtual = sum - high;
  const rest = low + (high - (sum - virtual) + (value - virtual));
  const total = sum + rest;
  return { high: total, low: rest - (total - sum) };
};

/** The sum with one value entered and another left: the same, in one go. */
export const slide = (high: number, low: number, entering: number, leaving: number): RunningSum => {
  const change = entering - leaving;
  const taken = entering - change;
  // What the difference of the two lost; nothing of it depends on the sum, so it costs a loop no time.
  const lost = entering - (change + taken) + (taken - leaving);
  const sum = high + change;
  const virtual = sum - high;
  const rest = low + (high - (sum - virtual) + (change - virtual) + lost);
  const total = sum + rest;
  const carried = total - sum;
  return { high: total, low: sum - (total - carried) + (rest - carried) };
};

/** Splits 53 bits into two halves whose products with a count are exact (Veltkamp). */
const SPLIT = 134_217_729;

/**
 * The sum divided by a count below 2^26, rounded once: the mean of equal values is that value, to the last bit,
 * so averages of different lengths agree on a flat series.
 */
export const mean = (high: number, low: number, count: number): number => {
  const quotient = high / count;
  const scaled = quotient * SPLIT;
  const upper = scaled - (scaled - quotient);
  const remainder = high - upper * count - (quotient - upper) * count + low;
  return quotient + remainder / count;
};
