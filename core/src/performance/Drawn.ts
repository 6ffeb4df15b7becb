import type { Fall } from "./Fall.ts";

/** What a curve comes to. */
export interface Drawn {
  readonly samples: number;
  readonly first: number;
  readonly last: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** Over all samples. */
  readonly meanEquity: number;
  /** Whether equity ever was zero or less: returns mean nothing then. */
  readonly isRuined: boolean;
  /** Sums over the returns from sample to sample: the first four powers, and the squares of those below zero. */
  readonly count: number;
  readonly sum1: number;
  readonly sum2: number;
  readonly sum3: number;
  readonly sum4: number;
  readonly downside: number;
  /** The return of each UTC day that has a sample, from the last sample of the day before to its own last. */
  readonly days: ReadonlyArray<number>;
  readonly maxDrawdown: Fall | null;
  readonly longestDrawdown: Fall | null;
}
