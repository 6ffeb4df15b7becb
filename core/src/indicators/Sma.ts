import * as Length from "./Length.ts";
import * as RunningSum from "./RunningSum.ts";
import * as Window from "./Window.ts";

/** Simple moving average: the mean of the last `length` values, without drift. */
export interface State {
  readonly length: number;
  readonly window: Window.Window;
  readonly sum: RunningSum.RunningSum;
}

export const init = (length: number): State => ({
  length: Length.check(length),
  window: Window.empty,
  sum: RunningSum.zero,
});

/** The mean, or null before `length` values were seen. */
export const next = (state: State, value: number): readonly [State, number | null] => {
  const { length, window } = state;
  const sum =
    window.length < length
      ? RunningSum.add(state.sum, value)
      : RunningSum.slide(state.sum, value, Window.at(window, length - 1));
  const grown = Window.push(window, value, length);
  return [{ length, window: grown, sum }, grown.length < length ? null : RunningSum.mean(sum, length)];
};

/** The means of a whole series, NaN before warm; bit for bit what `next` gives. */
export const series = (values: Float64Array, length: number): Float64Array => {
  Length.check(length);
  const out = new Float64Array(values.length).fill(Number.NaN);
  let sum = RunningSum.zero;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0;
    sum =
      index < length ? RunningSum.add(sum, value) : RunningSum.slide(sum, value, values[index - length] ?? 0);
    if (index >= length - 1) out[index] = RunningSum.mean(sum, length);
  }
  return out;
};
