/** How far a run has come. */
export interface Progress {
  /** Bars looked at, and to be looked at. */
  readonly bars: number;
  readonly of: number;
  /** The instant it has reached, ms since the epoch. */
  readonly at: number;
  readonly trades: number;
  /** In units of currency. */
  readonly equity: number;
}

/** Bars from one progress to the next: a few milliseconds. */
export const STEP = 1 << 18;
