import { Params, Strategy } from "@strom/core";
import { Schema } from "effect";

const params = Schema.Struct({
  bars: Params.int({ default: 2, minimum: 1, maximum: 9, description: "Closes in a row that must rise" }),
});

interface State {
  readonly last: number | null;
  readonly rises: number;
}

/** A strategy of a module of its own, for threads to find. */
export const Riser = Strategy.make<typeof params.Type, State>({
  key: "riser",
  name: "Riser",
  description: "Buys after so many rises, sells after a fall.",
  params,
  warmup: () => 1,
  init: () => ({ last: null, rises: 0 }),
  step: (p, { last, rises }, { close }) => {
    const next = { last: close, rises: last !== null && close > last ? Math.min(rises + 1, p.bars) : 0 };
    if (next.rises === p.bars && rises < p.bars)
      return [next, Strategy.decision("BUY", "rises", 0.5, { close })];
    if (next.rises === 0 && rises > 0) return [next, Strategy.decision("SELL", "falls", 0.5, { close })];
    return [next, null];
  },
});
