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
  const { high, low } = state.sum;
  const sum =
    window.length < length
      ? RunningSum.add(high, low, value)
      : RunningSum.slide(high, low, value, Window.at(window, length - 1));
  const grown = Window.push(window, value, length);
  return [
    { length, window: grown, sum },
    grown.length < length ? null : RunningSum.mean(sum.high, sum.low, length),
  ];
};

/** The means of a whole series, NaN before warm; bit for bit what `next` gives. */
export const series = (values: Float64Array, length: number): Float64Array => {
  Length.check(length);
  const out = new Float64Array(values.length).fill(Number.NaN);
  let high = 0;
  let low = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0;
    const sum =
      index < length
        ? RunningSum.add(high, low, value)
        : RunningSum.slide(high, low, value, values[index - length] ?? 0);
    high = sum.high;
    low = sum.low;
    if (index >= length - 1) out[index] = RunningSum.mean(high, low, length);
  }
  return out;
};
