import { Schema } from "effect";
import * as Ema from "../indicators/Ema.ts";
import * as Params from "../Params.ts";
import * as Strategy from "../Strategy.ts";
import * as Crossover from "./Crossover.ts";

const params = Schema.Struct({
  ema_fast: Params.int({ default: 9, minimum: 1, maximum: 5_000, description: "Bars of the fast average" }),
  ema_slow: Params.int({ default: 21, minimum: 2, maximum: 10_000, description: "Bars of the slow average" }),
})
  .annotate({ description: "ema_fast must be below ema_slow" })
  .check(Params.below("ema_fast", "ema_slow"));

interface State {
  /** Bars seen, counted up to `ema_slow`. */
  readonly count: number;
  readonly fast: number;
  readonly slow: number;
  readonly side: Crossover.Side;
}

const decide = (before: number, fast: number, slow: number): Strategy.Decision =>
  Crossover.decide(before, fast - slow, Crossover.FAST_AND_SLOW, { ema_fast: fast, ema_slow: slow });

const step = (
  p: typeof params.Type,
  state: State,
  close: number,
): readonly [State, Strategy.Decision | null] => {
  if (state.count === 0) return [{ count: 1, fast: close, slow: close, side: 0 }, null];
  const fast = Ema.toward(state.fast, close, Ema.weight(p.ema_fast));
  const slow = Ema.toward(state.slow, close, Ema.weight(p.ema_slow));
  const warm = state.count === p.ema_slow;
  const side = Crossover.side(fast, slow, state.side);
  const next = { count: warm ? state.count : state.count + 1, fast, slow, side };
  return [next, warm && side !== state.side ? decide(state.fast - state.slow, fast, slow) : null];
};

export const EmaCrossover = Strategy.make<typeof params.Type, State>({
  key: "ema_crossover",
  name: "EMA crossover",
  description: "Buys when the fast average crosses above the slow one, sells when it crosses below.",
  params,
  scaleFree: true,
  tolerance: 0.2,
  warmup: (p) => p.ema_slow,
  init: () => ({ count: 0, fast: 0, slow: 0, side: 0 }),
  step: (p, state, bar) => step(p, state, bar.close),
  scan: (p, state, { close }, from, to) => {
    let current = state;
    let index = from;
    for (; index < to && current.count < p.ema_slow; index++)
      current = step(p, current, close[index] ?? 0)[0];
    // The hot loop of a backtest: four numbers, nothing allocated.
    const fastShare = Ema.weight(p.ema_fast);
    const slowShare = Ema.weight(p.ema_slow);
    let { fast, slow } = current;
    const { side } = current;
    let gap = fast - slow;
    let before = gap;
    // What would be a crossing; from neither side (no gap yet) it is either.
    const above = side === 1 ? Number.POSITIVE_INFINITY : 0;
    const below = side === -1 ? Number.NEGATIVE_INFINITY : 0;
    for (; index < to; index++) {
      const price = close[index] ?? 0;
      before = gap;
      fast = Ema.toward(fast, price, fastShare);
      slow = Ema.toward(slow, price, slowShare);
      gap = fast - slow;
      if (gap > above || gap < below) {
        const crossed = { count: current.count, fast, slow, side: gap > 0 ? 1 : -1 } as const;
        return { index, state: crossed, decision: decide(before, fast, slow) };
      }
    }
    return { index: to, state: { count: current.count, fast, slow, side }, decision: null };
  },
});
