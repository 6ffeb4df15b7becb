/**
 * The limit: an EMA crossover backtest with everything in one loop over the closes, and nothing else. The same signals,
 * sizes, costs and figures of the returns as `Backtest.run` has, in doubles, without risk rules, exact money, ids or
 * anything to show.
 */
export interface Fused {
  readonly trips: number;
  readonly endEquity: number;
  readonly maxDrawdown: number;
  readonly sharpePerReturn: number;
  readonly sortinoPerReturn: number;
  readonly skewness: number;
  readonly kurtosis: number;
}

const SHARE = 0.95;
/** Half-spread and slippage, and the fee, of the standard fill model. */
const PRICE = 0.0002;
const FEE = 0.0002;

export const fused = (closes: Float64Array, fastLength: number, slowLength: number): Fused => {
  const fastWeight = 2 / (fastLength + 1);
  const slowWeight = 2 / (slowLength + 1);
  let fast = closes[0] ?? 0;
  let slow = fast;
  let side = 0;
  let cash = 100_000;
  let held = 0;
  let equity = cash;
  let peak = cash;
  let maxDrawdown = 0;
  let trips = 0;
  let sum = 0;
  let squares = 0;
  let cubes = 0;
  let fourths = 0;
  let signed = 0;
  const { length } = closes;
  for (let index = 1; index < length; index++) {
    const close = closes[index] ?? 0;
    fast += fastWeight * (close - fast);
    slow += slowWeight * (close - slow);
    const now = fast > slow ? 1 : fast < slow ? -1 : side;
    if (now !== side) {
      side = now;
      if (index >= slowLength) {
        if (side > 0) {
          const price = close * (1 + PRICE);
          held = (cash * SHARE) / close;
          cash -= held * price * (1 + FEE);
        } else if (held > 0) {
          cash += held * close * (1 - PRICE) * (1 - FEE);
          held = 0;
          trips += 1;
        }
      }
    }
    const before = equity;
    equity = cash + held * close;
    const change = (equity - before) / before;
    sum += change;
    const square = change * change;
    squares += square;
    cubes += square * change;
    fourths += square * square;
    // Not a branch on the sign, which would be mispredicted every other bar.
    signed += change * Math.abs(change);
    if (equity > peak) peak = equity;
    else if (peak - equity > maxDrawdown * peak) maxDrawdown = (peak - equity) / peak;
  }
  const count = length - 1;
  const mean = sum / count;
  const variance = squares / count - mean * mean;
  const third = cubes / count - (3 * mean * squares) / count + 2 * mean * mean * mean;
  const fourth =
    fourths / count -
    (4 * mean * cubes) / count +
    (6 * mean * mean * squares) / count -
    3 * mean * mean * mean * mean;
  return {
    trips,
    endEquity: equity,
    maxDrawdown,
    sharpePerReturn: mean / Math.sqrt((variance * count) / (count - 1)),
    sortinoPerReturn: mean / Math.sqrt((squares - signed) / 2 / count),
    skewness: third / (variance * Math.sqrt(variance)),
    kurtosis: fourth / (variance * variance),
  };
};
