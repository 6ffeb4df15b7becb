import type { Candle } from "./Candle.ts";
import * as Donchian from "./Donchian.ts";
import * as Sma from "./Sma.ts";

/**
 * Stochastic oscillator: where the close lies between the lowest low and the highest high of `length` bars, in
 * percent; k is its mean over `slowing` bars, d the mean of k over `signal` bars. 50 where there is no range.
 */
export interface Params {
  readonly length: number;
  readonly slowing: number;
  readonly signal: number;
}

export interface State {
  readonly channel: Donchian.State;
  readonly k: Sma.State;
  readonly d: Sma.State;
}

export interface Stochastic {
  readonly k: number;
  readonly d: number;
}

export const init = ({ length, slowing, signal }: Params): State => ({
  channel: Donchian.init(length),
  k: Sma.init(slowing),
  d: Sma.init(signal),
});

/** k and d in 0..100, or null before `length + slowing + signal - 2` bars were seen. */
export const next = (state: State, candle: Candle): readonly [State, Stochastic | null] => {
  const [channel, bands] = Donchian.next(state.channel, candle);
  if (bands === null) return [{ ...state, channel }, null];
  const range = bands.upper - bands.lower;
  const [kState, k] = Sma.next(state.k, range === 0 ? 50 : (100 * (candle.close - bands.lower)) / range);
  if (k === null) return [{ channel, k: kState, d: state.d }, null];
  const [dState, d] = Sma.next(state.d, k);
  return [{ channel, k: kState, d: dState }, d === null ? null : { k, d }];
};
