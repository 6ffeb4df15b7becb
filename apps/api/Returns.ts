export const hoursPerYear = 24 * 365;

/** Fewer returns than this say nothing. */
const fewest = 24;

/**
 * Mean over standard deviation of the returns between equities, annualised by the square root of how many there
 * are a year (Sharpe 1994, no risk-free rate). Null for fewer than 24 returns, or when they do not vary.
 */
export const sharpe = (equity: ReadonlyArray<number>, perYear: number): number | null => {
  const returns: Array<number> = [];
  for (let index = 1; index < equity.length; index++) {
    const before = equity[index - 1] ?? 0;
    const now = equity[index] ?? 0;
    if (before <= 0) return null;
    returns.push(now / before - 1);
  }
  if (returns.length < fewest) return null;
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (returns.length - 1);
  const deviation = Math.sqrt(variance);
  // A flat account: what is left is the rounding of floats, and dividing by it gives 1e17.
  return deviation < 1e-10 ? null : (mean / deviation) * Math.sqrt(perYear);
};

/** The deepest fall from a peak, as a fraction of it. */
export const maxDrawdown = (equity: ReadonlyArray<number>): number => {
  let peak = 0;
  let deepest = 0;
  for (const value of equity) {
    if (value > peak) peak = value;
    if (peak > 0) deepest = Math.max(deepest, (peak - value) / peak);
  }
  return deepest;
};
