import * as Length from "./Length.ts";

/**
 * Exponential moving average with weight 2 / (length + 1), started at the first value. Written as a step towards
 * the value, so it never overshoots and rests exactly on a flat series.
 */
export interface State {
  readonly length: number;
  /** Values seen, counted up to `length`. */
  readonly count: number;
  readonly value: number;
}

export const init = (length: number): State => ({ length: Length.check(length), count: 0, value: 0 });

/** The average, or null before `length` values were seen. */
export const next = (state: State, value: number): readonly [State, number | null] => {
  const { length } = state;
  const count = state.count < length ? state.count + 1 : length;
  const average = state.count === 0 ? value : toward(state.value, value, weight(length));
  return [{ length, count, value: average }, count < length ? null : average];
};

/** The share of a new value. */
export const weight = (length: number): number => 2 / (length + 1);

/** One step of the average. */
export const toward = (average: number, value: number, share: number): number =>
  average + share * (value - average);

/** The averages of a whole series, NaN before warm; bit for bit what `next` gives. */
export const series = (values: Float64Array, length: number): Float64Array => {
  Length.check(length);
  const out = new Float64Array(values.length);
  const share = weight(length);
  let average = values[0] ?? 0;
  for (let index = 0; index < values.length; index++) {
    average = toward(average, values[index] ?? 0, share);
    out[index] = average;
  }
  return out.fill(Number.NaN, 0, length - 1);
};
