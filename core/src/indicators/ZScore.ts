import * as StandardDeviation from "./StandardDeviation.ts";

/** How many standard deviations a value lies from the mean of the last `length`, itself included. */
export type State = StandardDeviation.State;

export const init = (length: number): State => StandardDeviation.init(length);

/** The score, 0 on a flat window, or null before `length` values were seen. */
export const next = (state: State, value: number): readonly [State, number | null] => {
  const [after, spread] = StandardDeviation.spreadOf(state, value);
  return [after, spread === null ? null : score(value, spread.mean, spread.deviation)];
};

export const score = (value: number, mean: number, deviation: number): number =>
  deviation === 0 ? 0 : (value - mean) / deviation;
