import { Rng, Strategy } from "@strom/core";
import { Schema } from "effect";

/** A strategy that speaks by seeded chance: it provokes every rule sooner or later, and never the same way twice. */
export const Chance = Strategy.make({
  key: "chance",
  name: "Chance",
  description: "Buys or sells by seeded chance.",
  params: Schema.Struct({ salt: Schema.Int, rate: Schema.Finite }),
  warmup: () => 3,
  init: () => ({ bars: 0, sum: 0 }),
  step: ({ salt, rate }, state, bar) => {
    const next = { bars: state.bars + 1, sum: state.sum + bar.close };
    const u = Rng.uniformFrom(salt, bar.symbol, bar.to);
    const features = { u: Math.round(u * 1e6) / 1e6, mean: next.sum / next.bars };
    if (next.bars <= 3 || u >= rate) return [next, null];
    const side = u < rate / 2 ? "BUY" : "SELL";
    return [next, { side, confidence: 0.5, features, rule: `by_chance_${side.toLowerCase()}` }];
  },
});
