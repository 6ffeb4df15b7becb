import { Catalog, Rng, Strategy } from "@strom/core";
import { Schema } from "effect";

/** A strategy that speaks by seeded chance and remembers a sum: whatever is stepped twice or left out shows in it. */
export const Gambler = Strategy.make({
  key: "simulated_gambler",
  name: "Gambler",
  description: "Buys or sells by seeded chance.",
  params: Schema.Struct({ salt: Schema.Int, rate: Schema.Finite }),
  warmup: () => 2,
  init: () => ({ bars: 0, sum: 0 }),
  step: ({ salt, rate }, state, bar) => {
    const next = { bars: state.bars + 1, sum: state.sum + bar.close };
    const u = Rng.uniformFrom(salt, bar.symbol, bar.to);
    if (next.bars <= 2 || u >= rate) return [next, null];
    const features = { u: Math.round(u * 1e6) / 1e6, mean: next.sum / next.bars };
    return [next, { side: u < rate / 2 ? "BUY" : "SELL", confidence: 0.5, features, rule: "by_chance" }];
  },
});

export const catalog = Catalog.make([...Catalog.builtIn, Gambler]);
