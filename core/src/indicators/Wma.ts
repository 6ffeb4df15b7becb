import * as Length from "./Length.ts";
import * as Window from "./Window.ts";

/** Weighted moving average: the newest of `length` values counts `length` times, the oldest once. */
export interface State {
  readonly length: number;
  readonly window: Window.Window;
}

export const init = (length: number): State => ({ length: Length.check(length), window: Window.empty });

/** The average, or null before `length` values were seen. */
export const next = (state: State, value: number): readonly [State, number | null] => {
  const { length } = state;
  const window = Window.push(state.window, value, length);
  return [{ length, window }, window.length < length ? null : average(window, 0, length)];
};

// Summed as differences from the newest, which is exact on a flat series.
const average = (values: ArrayLike<number>, from: number, length: number): number => {
  const newest = values[from + length - 1] ?? 0;
  let sum = 0;
  for (let place = 0; place < length; place++) sum += (place + 1) * ((values[from + place] ?? 0) - newest);
  return newest + sum / ((length * (length + 1)) / 2);
};

/** The averages of a whole series, NaN before warm; bit for bit what `next` gives. */
export const series = (values: Float64Array, length: number): Float64Array => {
  Length.check(length);
  const out = new Float64Array(values.length).fill(Number.NaN);
  for (let index = length - 1; index < values.length; index++) {
    out[index] = average(values, index - length + 1, length);
  }
  return out;
};
