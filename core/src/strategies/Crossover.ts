import * as Strategy from "../Strategy.ts";

/** The sign of the last gap between two lines that was not zero: touching is not crossing. */
export type Side = -1 | 0 | 1;

/** The side after a bar, given the lines and the side before it. */
export const side = (fast: number, slow: number, before: Side): Side =>
  fast > slow ? 1 : fast < slow ? -1 : before;

/** A crossing; as sure as the part of the swing between the lines that lies beyond it. */
export const decide = (
  before: number,
  gap: number,
  rule: { readonly above: string; readonly below: string },
  features: { readonly [name: string]: number },
): Strategy.Decision => {
  const beyond = Strategy.share(Math.abs(gap), Math.abs(before));
  return gap > 0
    ? Strategy.decision("BUY", rule.above, beyond, features)
    : Strategy.decision("SELL", rule.below, beyond, features);
};

export const FAST_AND_SLOW = { above: "fast_crosses_above_slow", below: "fast_crosses_below_slow" };
