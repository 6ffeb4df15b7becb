import { Schema } from "effect";
import * as RunningSum from "../indicators/RunningSum.ts";
import * as Window from "../indicators/Window.ts";
import * as Params from "../Params.ts";
import * as Strategy from "../Strategy.ts";
import * as Crossover from "./Crossover.ts";

const params = Schema.Struct({
  sma_fast: Params.int({ default: 10, minimum: 1, maximum: 1_000, description: "Bars of the fast average" }),
  sma_slow: Params.int({ default: 30, minimum: 2, maximum: 2_000, description: "Bars of the slow average" }),
})
  .annotate({ description: "sma_fast must be below sma_slow" })
  .check(Params.below("sma_fast", "sma_slow"));

/** One window of the slow length serves both averages. */
interface State {
  readonly window: Window.Window;
  readonly fast: RunningSum.RunningSum;
  readonly slow: RunningSum.RunningSum;
  readonly side: Crossover.Side;
}

const decide = (before: number, fast: number, slow: number): Strategy.Decision =>
  Crossover.decide(before, fast - slow, Crossover.FAST_AND_SLOW, { sma_fast: fast, sma_slow: slow });

const slide = (sum: RunningSum.RunningSum, window: Window.Window, value: number, length: number) =>
  window.length < length
    ? RunningSum.add(sum, value)
    : RunningSum.slide(sum, value, Window.at(window, length - 1));

const step = (
  p: typeof params.Type,
  state: State,
  close: number,
): readonly [State, Strategy.Decision | null] => {
  const { window } = state;
  const fast = slide(state.fast, window, close, p.sma_fast);
  const slow = slide(state.slow, window, close, p.sma_slow);
  const next = { window: Window.push(window, close, p.sma_slow), fast, slow, side: state.side };
  if (next.window.length < p.sma_slow) return [next, null];
  const [quick, calm] = [RunningSum.mean(fast, p.sma_fast), RunningSum.mean(slow, p.sma_slow)];
  const side = Crossover.side(quick, calm, state.side);
  if (side === state.side || window.length < p.sma_slow) return [{ ...next, side }, null];
  const before = RunningSum.mean(state.fast, p.sma_fast) - RunningSum.mean(state.slow, p.sma_slow);
  return [{ ...next, side }, decide(before, quick, calm)];
};

/** The last `length` values of a window with closes after it. */
const grown = (window: Window.Window, close: Float64Array, from: number, to: number, length: number) => {
  const out: Array<number> = [];
  for (let index = to - length; index < to; index++) {
    const value = index < from ? window[length - from + index] : close[index];
    out.push(value ?? 0);
  }
  return out;
};

export const SmaCrossover = Strategy.make<typeof params.Type, State>({
  key: "sma_crossover",
  name: "SMA crossover",
  description: "Buys when the fast mean crosses above the slow one, sells when it crosses below.",
  params,
  scaleFree: true,
  warmup: (p) => p.sma_slow,
  init: () => ({ window: Window.empty, fast: RunningSum.zero, slow: RunningSum.zero, side: 0 }),
  step: (p, state, bar) => step(p, state, bar.close),
  scan: (p, state, { close }, from, to) => {
    let current = state;
    let start = from;
    for (; start < to && current.window.length < p.sma_slow; start++) {
      current = step(p, current, close[start] ?? 0)[0];
    }
    if (start === to) return { index: to, state: current, decision: null };
    const { sma_fast: fastLength, sma_slow: slowLength } = p;
    const { window } = current;
    let { fast, slow, side } = current;
    let quick = RunningSum.mean(fast, fastLength);
    let calm = RunningSum.mean(slow, slowLength);
    let index = start;
    let decision: Strategy.Decision | null = null;
    for (; index < to; index++) {
      const price = close[index] ?? 0;
      // What leaves is among the closes, or still in the window this scan began with.
      const seen = index - start;
      const leftFast = seen < fastLength ? window[slowLength - fastLength + seen] : close[index - fastLength];
      const leftSlow = seen < slowLength ? window[seen] : close[index - slowLength];
      const before = quick - calm;
      fast = RunningSum.slide(fast, price, leftFast ?? 0);
      slow = RunningSum.slide(slow, price, leftSlow ?? 0);
      quick = RunningSum.mean(fast, fastLength);
      calm = RunningSum.mean(slow, slowLength);
      if (quick > calm ? side !== 1 : quick < calm && side !== -1) {
        side = quick > calm ? 1 : -1;
        decision = decide(before, quick, calm);
        break;
      }
    }
    return {
      index,
      state: {
        window: grown(window, close, start, decision === null ? to : index + 1, slowLength),
        fast,
        slow,
        side,
      },
      decision,
    };
  },
});
