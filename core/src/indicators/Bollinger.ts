import * as Bands from "./Bands.ts";
import * as Length from "./Length.ts";
import * as StandardDeviation from "./StandardDeviation.ts";

/** Bollinger bands: the mean of the last `length` values, and so many population standard deviations around it. */
export interface Params {
  readonly length: number;
  readonly deviations: number;
}

export interface State {
  readonly deviations: number;
  readonly spread: StandardDeviation.State;
}

export const init = ({ length, deviations }: Params): State => ({
  deviations: Length.checkNumber("deviations", deviations),
  spread: StandardDeviation.init(length),
});

/** The bands, or null before `length` values were seen. */
export const next = (state: State, value: number): readonly [State, Bands.Bands | null] => {
  const [after, spread] = StandardDeviation.spreadOf(state.spread, value);
  return [
    { deviations: state.deviations, spread: after },
    spread === null ? null : Bands.around(spread.mean, state.deviations * spread.deviation),
  ];
};
