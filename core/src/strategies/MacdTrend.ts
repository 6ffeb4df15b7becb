import { Schema } from "effect";
import * as Macd from "../indicators/Macd.ts";
import * as Params from "../Params.ts";
import * as Strategy from "../Strategy.ts";
import * as Crossover from "./Crossover.ts";

const params = Schema.Struct({
  macd_fast: Params.int({ default: 12, minimum: 1, maximum: 2_000, description: "Bars of the fast average" }),
  macd_slow: Params.int({ default: 26, minimum: 2, maximum: 5_000, description: "Bars of the slow average" }),
  macd_signal: Params.int({ default: 9, minimum: 1, maximum: 2_000, description: "Bars of the signal line" }),
})
  .annotate({ description: "macd_fast must be below macd_slow" })
  .check(Params.below("macd_fast", "macd_slow"));

interface State {
  readonly lines: Macd.State;
  /** The histogram of the bar before, null until warm. */
  readonly before: number | null;
  readonly side: Crossover.Side;
}

const RULE = { above: "macd_crosses_above_signal", below: "macd_crosses_below_signal" };

export const MacdTrend = Strategy.make<typeof params.Type, State>({
  key: "macd_trend",
  name: "MACD trend",
  description: "Buys when the MACD crosses above its signal line, sells when it crosses below.",
  params,
  scaleFree: true,
  tolerance: 0.5,
  warmup: (p) => p.macd_slow + p.macd_signal - 1,
  init: (p) => ({
    lines: Macd.init({ fast: p.macd_fast, slow: p.macd_slow, signal: p.macd_signal }),
    before: null,
    side: 0,
  }),
  step: (_, state, { close }) => {
    const [lines, now] = Macd.next(state.lines, close);
    if (now === null) return [{ ...state, lines }, null];
    const side = Crossover.side(now.macd, now.signal, state.side);
    const next = { lines, before: now.histogram, side };
    if (state.before === null || side === state.side) return [next, null];
    const features = { close, macd: now.macd, signal: now.signal, histogram: now.histogram };
    return [next, Crossover.decide(state.before, now.histogram, RULE, features)];
  },
});
