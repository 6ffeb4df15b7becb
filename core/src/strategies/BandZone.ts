import { Schema } from "effect";
import * as Bands from "../indicators/Bands.ts";
import * as Bollinger from "../indicators/Bollinger.ts";
import * as RunningSum from "../indicators/RunningSum.ts";
import * as StandardDeviation from "../indicators/StandardDeviation.ts";
import * as Window from "../indicators/Window.ts";
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

export interface Readings {
  readonly below: Reading;
  readonly above: Reading;
}

export const step = (
  state: State,
  close: number,
  reading: Readings,
): readonly [State, Strategy.Decision | null] => {
  const [bands, now] = Bollinger.next(state.bands, close);
  if (now === null) return [{ bands, zone: null }, null];
  const zone = Zone.of(close, now.lower, now.upper);
  const entered = Zone.entered(state.zone, zone);
  if (entered === 0) return [{ bands, zone }, null];
  return [{ bands, zone }, decide(close, now, entered === 1 ? reading.above : reading.below)];
};

/** The fold of `step`, reading its window from the closes themselves. */
export const scan = (
  state: State,
  close: Float64Array,
  from: number,
  to: number,
  reading: Readings,
): Strategy.Scan<State> => {
  let current = state;
  let index = from;
  for (; index < to && !isAligned(current, close, index); index++) {
    const [next, decision] = step(current, close[index] ?? 0, reading);
    current = next;
    if (decision !== null) return { index, state: current, decision };
  }
  if (index === to || current.zone === null) return { index: to, state: current, decision: null };
  const { deviations, spread } = current.bands;
  const { length } = spread;
  let { sum } = spread;
  let zone: Zone.Zone = current.zone;
  let decision: Strategy.Decision | null = null;
  for (; index < to && decision === null; index++) {
    const price = close[index] ?? 0;
    sum = RunningSum.slide(sum, price, close[index - length] ?? 0);
    const mean = RunningSum.mean(sum, length);
    const reach = deviations * StandardDeviation.deviation(close, index - length + 1, length, mean);
    const now = Zone.of(price, mean - reach, mean + reach);
    const entered = Zone.entered(zone, now);
    if (entered !== 0) {
      decision = decide(price, Bands.around(mean, reach), entered === 1 ? reading.above : reading.below);
    }
    zone = now;
  }
  const window = Window.ofColumn(close, index, length);
  return {
    index: decision === null ? to : index - 1,
    state: { bands: { deviations, spread: { length, window, sum } }, zone },
    decision,
  };
};

const isAligned = ({ bands, zone }: State, close: Float64Array, index: number): boolean =>
  zone !== null && Window.precedes(bands.spread.window, close, index);

const decide = (close: number, bands: Bands.Bands, { side, rule }: Reading): Strategy.Decision => {
  const past = close > bands.upper ? close - bands.upper : bands.lower - close;
  const { upper, middle, lower } = bands;
  return Strategy.decision(side, rule, Strategy.share(past, upper - middle), { close, upper, middle, lower });
};
