import * as Candle from "./Candle.ts";
import * as Wilder from "./Wilder.ts";

/** Average true range of Wilder, in units of price; the first bar's range is its high - low. */
export interface State {
  readonly previousClose: number | null;
  readonly average: Wilder.State;
}

export const init = (length: number): State => ({ previousClose: null, average: Wilder.init(length) });

/** The range, or null before `length` bars were seen. */
export const next = (state: State, candle: Candle.Candle): readonly [State, number | null] => {
  const [average, range] = Wilder.next(state.average, Candle.trueRange(candle, state.previousClose));
  return [{ previousClose: candle.close, average }, range];
};
