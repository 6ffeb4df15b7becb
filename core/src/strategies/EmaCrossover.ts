import { Schema } from "effect";
import * as Params from "../Params.ts";
import * as Strategy from "../Strategy.ts";

const params = Schema.Struct({
  ema_fast: Params.int({ default: 9, minimum: 1, maximum: 5_000, description: "Bars of the fast average" }),
  ema_slow: Params.int({ default: 21, minimum: 2, maximum: 10_000, description: "Bars of the slow average" }),
})
  .annotate({ description: "ema_fast must be below ema_slow" })
  .check(Params.below("ema_fast", "ema_slow"));

type EmaParams = typeof params.Type;

/** `side` is the sign of the last gap between the averages that was not zero. */
interface State {
  readonly count: number;
  readonly fast: number;
  readonly slow: number;
  readonly side: -1 | 0 | 1;
}

const decide = (before: number, fast: number, slow: number): Strategy.Decision => {
  const gap = fast - slow;
  // How much of the swing between the averages lies beyond the crossing: half sure at the line, sure far past it.
  const beyond = Math.abs(gap) / (Math.abs(gap) + Math.abs(before));
  return {
    side: gap > 0 ? "BUY" : "SELL",
    confidence: Strategy.confidence(0.5 + 0.5 * beyond),
    features: { ema_fast: fast, ema_slow: slow },
    rule: gap > 0 ? "fast_crosses_above_slow" : "fast_crosses_below_slow",
  };
};

export const EmaCrossover = Strategy.make<EmaParams, State>({
  key: "ema_crossover",
  name: "EMA crossover",
  description: "Buys when the fast average crosses above the slow one, sells when it crosses below.",
  params,
  scaleFree: true,
  tolerance: 0.05,
  warmup: (p) => p.ema_slow,
  init: () => ({ count: 0, fast: 0, slow: 0, side: 0 }),
  step: (p, state, { close }) => {
    if (state.count === 0) return [{ count: 1, fast: close, slow: close, side: 0 }, null];
    const fast = state.fast + (2 / (p.ema_fast + 1)) * (close - state.fast);
    const slow = state.slow + (2 / (p.ema_slow + 1)) * (close - state.slow);
    const warm = state.count >= p.ema_slow;
    const count = warm ? state.count : state.count + 1;
    const side = fast > slow ? 1 : fast < slow ? -1 : state.side;
    const crossed = warm && side !== state.side;
    return [{ count, fast, slow, side }, crossed ? decide(state.fast - state.slow, fast, slow) : null];
  },
});
