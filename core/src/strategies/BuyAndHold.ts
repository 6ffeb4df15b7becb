import { Schema } from "effect";
import * as Strategy from "../Strategy.ts";

const params = Schema.Struct({});

interface State {
  readonly bought: boolean;
}

/** The benchmark of every other strategy. What it says depends on where its history begins, by design. */
export const BuyAndHold = Strategy.make<typeof params.Type, State>({
  key: "buy_and_hold",
  name: "Buy and hold",
  description: "Buys on the first bar and never speaks again.",
  params,
  scaleFree: true,
  tolerance: Number.POSITIVE_INFINITY,
  warmup: () => 0,
  init: () => ({ bought: false }),
  step: (_, state, { close }) =>
    state.bought ? [state, null] : [{ bought: true }, Strategy.decision("BUY", "first_bar", 1, { close })],
  scan: (_, state, { close }, from, to) =>
    state.bought || from >= to
      ? { index: to, state, decision: null }
      : {
          index: from,
          state: { bought: true },
          decision: Strategy.decision("BUY", "first_bar", 1, { close: close[from] ?? 0 }),
        },
});
