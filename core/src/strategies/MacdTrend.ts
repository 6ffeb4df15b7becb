import { Schema } from "effect";
import * as Ema from "../indicators/Ema.ts";
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

const step = (state: State, close: number): readonly [State, Strategy.Decision | null] => {
  const [lines, now] = Macd.next(state.lines, close);
  if (now === null) return [{ ...state, lines }, null];
  const side = Crossover.side(now.macd, now.signal, state.side);
  const next = { lines, before: now.histogram, side };
  if (state.before === null || side === state.side) return [next, null];
  return [next, decide(state.before, close, now.macd, now.signal)];
};

const decide = (before: number, close: number, macd: number, signal: number): Strategy.Decision => {
  const histogram = macd - signal;
  return Crossover.decide(before, histogram, RULE, { close, macd, signal, histogram });
};

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
  step: (_, state, bar) => step(state, bar.close),
  scan: (p, state, { close }, from, to) => {
    let current = state;
    let index = from;
    for (; index < to && current.before === null; index++) current = step(current, close[index] ?? 0)[0];
    if (current.before === null) return { index: to, state: current, decision: null };
    const [fastShare, slowShare] = [Ema.weight(p.macd_fast), Ema.weight(p.macd_slow)];
    const signalShare = Ema.weight(p.macd_signal);
    const { lines } = current;
    let [fast, slow, signal] = [lines.fast.value, lines.slow.value, lines.signal.value];
    let { before, side } = current;
    let decision: Strategy.Decision | null = null;
    for (; index < to && decision === null; index++) {
      const price = close[index] ?? 0;
      fast = Ema.toward(fast, price, fastShare);
      slow = Ema.toward(slow, price, slowShare);
      const macd = fast - slow;
      signal = Ema.toward(signal, macd, signalShare);
      if (macd > signal ? side !== 1 : macd < signal && side !== -1) {
        side = macd > signal ? 1 : -1;
        decision = decide(before, price, macd, signal);
      }
      before = macd - signal;
    }
    const after = {
      fast: { ...lines.fast, value: fast },
      slow: { ...lines.slow, value: slow },
      signal: { ...lines.signal, value: signal },
    };
    const stopped = decision === null ? to : index - 1;
    return { index: stopped, state: { lines: after, before, side }, decision };
  },
});
