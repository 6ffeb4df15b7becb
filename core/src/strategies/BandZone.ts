import { Schema } from "effect";
import type * as Bands from "../indicators/Bands.ts";
import * as Bollinger from "../indicators/Bollinger.ts";
import * as Params from "../Params.ts";
import * as Strategy from "../Strategy.ts";
import * as Zone from "./Zone.ts";

/** What both strategies of Bollinger bands share: their parameters, their state, and when a band is broken. */
export const params = Schema.Struct({
  bb_length: Params.int({ default: 20, minimum: 2, maximum: 1_000, description: "Bars of the bands" }),
  bb_deviations: Params.number({
    default: 2,
    minimum: 0.1,
    maximum: 10,
    description: "Standard deviations from the mean to each band",
  }),
});
export type BandParams = typeof params.Type;

export interface State {
  readonly bands: Bollinger.State;
  readonly zone: Zone.Zone | null;
}

export const init = (p: BandParams): State => ({
  bands: Bollinger.init({ length: p.bb_length, deviations: p.bb_deviations }),
  zone: null,
});

/** What each broken band means to the strategy. */
export interface Reading {
  readonly side: Strategy.Decision["side"];
  readonly rule: string;
}

export const step = (
  state: State,
  close: number,
  reading: { readonly below: Reading; readonly above: Reading },
): readonly [State, Strategy.Decision | null] => {
  const [bands, now] = Bollinger.next(state.bands, close);
  if (now === null) return [{ bands, zone: null }, null];
  const zone = Zone.of(close, now.lower, now.upper);
  const entered = Zone.entered(state.zone, zone);
  if (entered === 0) return [{ bands, zone }, null];
  return [{ bands, zone }, decide(close, now, entered === 1 ? reading.above : reading.below)];
};

const decide = (close: number, bands: Bands.Bands, { side, rule }: Reading): Strategy.Decision => {
  const past = close > bands.upper ? close - bands.upper : bands.lower - close;
  const { upper, middle, lower } = bands;
  return Strategy.decision(side, rule, Strategy.share(past, upper - middle), { close, upper, middle, lower });
};
