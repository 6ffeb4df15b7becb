import * as Length from "./Length.ts";

/**
 * Wilder's smoothing: the mean of the first `length` values, then a step of 1 / length towards each new one.
 * J. Welles Wilder, New Concepts in Technical Trading Systems (1978).
 */
export interface State {
  readonly length: number;
  /** Values seen, counted up to `length`. */
  readonly count: number;
  /** The sum of the values while fewer than `length`, the average from then on. */
  readonly value: number;
}

export const init = (length: number): State => ({ length: Length.check(length), count: 0, value: 0 });

/** The smoothed value, or null before `length` values were seen. */
export const next = (state: State, value: number): readonly [State, number | null] => {
  const { length, count } = state;
  if (count === length) {
    const average = toward(state.value, value, length);
    return [{ length, count, value: average }, average];
  }
  const sum = state.value + value;
  if (count + 1 < length) return [{ length, count: count + 1, value: sum }, null];
  return [{ length, count: length, value: sum / length }, sum / length];
};

/** One step of the average. */
export const toward = (average: number, value: number, length: number): number =>
  average + (value - average) / length;
