import * as Length from "./Length.ts";
import * as Sma from "./Sma.ts";

/** Population standard deviation of the last `length` values: both passes over the window, so exact 0 when flat. */
export type State = Sma.State;

/** Mean and deviation of one window. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

export const init = (length: number): State => Sma.init(length);

/** The deviation, or null before `length` values were seen. */
export const next = (state: State, value: number): readonly [State, number | null] => {
  const [after, spread] = spreadOf(state, value);
  return [after, spread === null ? null : spread.deviation];
};

/** The deviation together with the mean it is about. */
export const spreadOf = (state: State, value: number): readonly [State, Spread | null] => {
  const [after, mean] = Sma.next(state, value);
  return [after, mean === null ? null : { mean, deviation: deviation(after.window, 0, after.length, mean) }];
};

/** The deviation of `length` values from one place on, about their mean. */
export const deviation = (values: ArrayLike<number>, from: number, length: number, mean: number): number => {
  let sum = 0;
  for (let place = from; place < from + length; place++) {
    const difference = (values[place] ?? 0) - mean;
    sum += difference * difference;
  }
  return Math.sqrt(sum / length);
};

/** The deviations of a whole series, NaN before warm; bit for bit what `next` gives. */
export const series = (values: Float64Array, length: number): Float64Array => {
  Length.check(length);
  const out = Sma.series(values, length);
  for (let index = length - 1; index < values.length; index++) {
    out[index] = deviation(values, index - length + 1, length, out[index] ?? 0);
  }
  return out;
};
