import * as Ema from "./Ema.ts";

/** Moving average convergence divergence: fast EMA - slow EMA, and the EMA of that as the signal line. */
export interface Params {
  readonly fast: number;
  readonly slow: number;
  readonly signal: number;
}

export interface State {
  readonly fast: Ema.State;
  readonly slow: Ema.State;
  readonly signal: Ema.State;
}

/** In units of price. */
export interface Macd {
  readonly macd: number;
  readonly signal: number;
  readonly histogram: number;
}

export const init = (params: Params): State => ({
  fast: Ema.init(params.fast),
  slow: Ema.init(params.slow),
  signal: Ema.init(params.signal),
});

/** The three lines, or null before `slow + signal - 1` values were seen. */
export const next = (state: State, value: number): readonly [State, Macd | null] => {
  const [fast, quick] = Ema.next(state.fast, value);
  const [slow, calm] = Ema.next(state.slow, value);
  if (quick === null || calm === null) return [{ ...state, fast, slow }, null];
  const macd = quick - calm;
  const [signal, line] = Ema.next(state.signal, macd);
  return [{ fast, slow, signal }, line === null ? null : { macd, signal: line, histogram: macd - line }];
};
