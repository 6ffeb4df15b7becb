/**
 * A sum that values enter and leave without drift: what the rounding of every addition takes away is kept beside it.
 * Sums of prices span 117 bits (a millionth is a multiple of 2^-72, thousands of the largest stay below 2^45), which
 * three parts hold exactly; so a sum of prices never depends on what passed through before.
 * Error-free addition: Knuth, TAOCP vol. 2, 4.2.2; sums of several parts: Shewchuk, Adaptive Precision Floating-Point
 * Arithmetic (1997).
 */
export interface RunningSum {
  readonly high: number;
  readonly low: number;
  /** What two parts do not hold; left out when that is nothing, as it nearly always is. */
  readonly rest?: number;
}

export const zero: RunningSum = { high: 0, low: 0 };

/** Three parts as a sum, each as large as it can be. */
const of = (first: number, second: number, third: number): RunningSum => {
  const lower = second + third;
  const lowerPart = lower - second;
  const lowest = second - (lower - lowerPart) + (third - lowerPart);
  const upper = first + lower;
  const upperPart = upper - first;
  const middle = first - (upper - upperPart) + (lower - upperPart);
  const below = middle + lowest;
  const belowPart = below - middle;
  const rest = middle - (below - belowPart) + (lowest - belowPart);
  const high = upper + below;
  const highPart = high - upper;
  const low = upper - (high - highPart) + (below - highPart);
  return rest === 0 ? { high, low } : { high, low, rest };
};

/** The sum with a value added; subtract by adding its negative. */
export const add = ({ high, low, rest = 0 }: RunningSum, value: number): RunningSum => {
  const sum = high + value;
  const part = sum - high;
  const lost = high - (sum - part) + (value - part);
  const lower = low + lost;
  const lowerPart = lower - low;
  return of(sum, lower, rest + (low - (lower - lowerPart) + (lost - lowerPart)));
};

/** The sum with one value entered and another left: the same, in one go. */
export const slide = ({ high, low, rest = 0 }: RunningSum, entering: number, leaving: number): RunningSum => {
  const change = entering - leaving;
  const taken = entering - change;
  // What the difference of the two lost; nothing of it depends on the sum, so it costs a loop no time.
  const unchanged = entering - (change + taken) + (taken - leaving);
  const sum = high + change;
  const part = sum - high;
  const unsummed = high - (sum - part) + (change - part);
  const lost = unsummed + unchanged;
  const lostPart = lost - unsummed;
  const lower = low + lost;
  const lowerPart = lower - low;
  return of(
    sum,
    lower,
    rest +
      (low - (lower - lowerPart) + (lost - lowerPart)) +
      (unsummed - (lost - lostPart) + (unchanged - lostPart)),
  );
};

/** Splits 53 bits into two halves whose products with a count are exact (Veltkamp). */
const SPLIT = 134_217_729;

/**
 * The sum divided by a count below 2^26, rounded once: the mean of equal values is that value, to the last bit,
 * so averages of different lengths agree on a flat series.
 */
export const mean = ({ high, low }: RunningSum, count: number): number => {
  const quotient = high / count;
  const scaled = quotient * SPLIT;
  const upper = scaled - (scaled - quotient);
  const remainder = high - upper * count - (quotient - upper) * count + low;
  return quotient + remainder / count;
};
