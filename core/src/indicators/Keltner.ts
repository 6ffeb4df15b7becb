import * as Atr from "./Atr.ts";
import * as Bands from "./Bands.ts";
import type { Candle } from "./Candle.ts";
import * as Ema from "./Ema.ts";
import * as Length from "./Length.ts";

/** Keltner channel: the EMA of the close, and so many average true ranges around it. */
export interface Params {
  readonly length: number;
  readonly atrLength: number;
  readonly multiplier: number;
}

export interface State {
  readonly multiplier: number;
  readonly middle: Ema.State;
  readonly atr: Atr.State;
}

export const init = ({ length, atrLength, multiplier }: Params): State => ({
  multiplier: Length.checkNumber("multiplier", multiplier),
  middle: Ema.init(length),
  atr: Atr.init(atrLength),
});

/** The channel, or null before both lengths were seen. */
export const next = (state: State, candle: Candle): readonly [State, Bands.Bands | null] => {
  const [middle, average] = Ema.next(state.middle, candle.close);
  const [atr, range] = Atr.next(state.atr, candle);
  return [
    { multiplier: state.multiplier, middle, atr },
    average === null || range === null ? null : Bands.around(average, state.multiplier * range),
  ];
};
