/** A fall from a peak: where it began, its lowest point, and where the peak was reached again. Instants in ms. */
export interface Fall {
  /** Fraction of the peak lost at the lowest point. */
  readonly size: number;
  readonly peakAt: number;
  readonly troughAt: number;
  /** Null while it lasts. */
  readonly recoveredAt: number | null;
}

/** The deeper of two; of equal ones the first. */
export const deeper = (a: Fall | null, b: Fall | null): Fall | null => {
  if (a === null || b === null) return a ?? b;
  return b.size > a.size ? b : a;
};

/** The longer of two from peak to recovery, or to now; of equal ones the first. */
export const longer = (a: Fall | null, b: Fall | null, nowAt: number): Fall | null => {
  if (a === null || b === null) return a ?? b;
  return lengthMs(b, nowAt) > lengthMs(a, nowAt) ? b : a;
};

/** From peak to recovery, or to now while it lasts. */
export const lengthMs = ({ peakAt, recoveredAt }: Fall, nowAt: number): number =>
  (recoveredAt ?? nowAt) - peakAt;
