/**
 * Where a value lies of two lines: -1 below the lower, 1 above the upper, 0 between. A strategy of zones speaks
 * when a zone is entered, not while the value stays in it. Null until warm.
 */
export type Zone = -1 | 0 | 1;

export const of = (value: number, lower: number, upper: number): Zone =>
  value < lower ? -1 : value > upper ? 1 : 0;

/** The zone just entered, 0 when none was: nothing is entered on the first bar that has a zone. */
export const entered = (before: Zone | null, now: Zone): Zone =>
  before === null || before === now ? 0 : now;
