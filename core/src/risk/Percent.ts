import type { Cash } from "../Money.ts";

/**
 * Percentages of a profile as exact ratios: a percentage of at most 6 decimals is a whole count of millionths of
 * a percent, so a share of an amount is one integer product over this.
 */
export const WHOLE = 100_000_000n;

/** 1.5 (%) as 1_500_000n. The nearest whole count is the decimal that was written. */
export const micro = (percent: number): bigint => BigInt(Math.round(percent * 1e6));

/** `percent` of an amount, rounded down to a millionth: below which any amount is below the exact share, too. */
export const of = (percent: number, amount: Cash): Cash => floorDiv(amount * micro(percent), WHOLE) as Cash;

/** What is left of an amount after `percent` of it is lost, rounded down to a millionth. */
export const less = (percent: number, amount: Cash): Cash =>
  floorDiv(amount * (WHOLE - micro(percent)), WHOLE) as Cash;

/** Towards minus infinity; the divisor is positive. */
export const floorDiv = (a: bigint, b: bigint): bigint => {
  const quotient = a / b;
  return a < 0n && quotient * b !== a ? quotient - 1n : quotient;
};

/** Towards plus infinity; the divisor is positive. */
export const ceilDiv = (a: bigint, b: bigint): bigint => -floorDiv(-a, b);

// Comparisons in doubles first, whose error is far below the margin, exact only where that leaves a doubt.

const DOUBT = 1e-9;

const isClear = (a: number, b: number): boolean => {
  const size = Math.abs(a) + Math.abs(b);
  return Math.abs(a - b) > size * DOUBT + 2;
};

/** Whether an amount is above what `less(percent, base)` leaves. */
export const isAboveLess = (amount: Cash, percent: number, base: Cash): boolean => {
  const value = Number(amount);
  const limit = Number(base) * (1 - percent / 100);
  return isClear(value, limit) ? value > limit : amount > less(percent, base);
};

/** Whether an exact product of two millionth-scaled values, rounded up, is within `of(percent, base)`. */
export const isWithin = (product: bigint, percent: number, base: Cash): boolean => {
  const value = Number(product) / 1e6;
  const limit = Number(base) * (percent / 100);
  return isClear(value, limit) ? value < limit : ceilDiv(product, 1_000_000n) <= of(percent, base);
};
