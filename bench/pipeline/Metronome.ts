import { Catalog, Strategy } from "@strom/core";
import { Schema } from "effect";

/** Trades on every n-th bar, to and fro: load of a known weight. */
export const metronome = Strategy.make({
  key: "metronome",
  name: "Metronome",
  description: "Buys and sells in turn on every n-th bar.",
  params: Schema.Struct({ every: Schema.Int, from: Schema.Int }),
  warmup: () => 0,
  init: ({ from }) => ({ bars: from }),
  step: ({ every }, { bars }, { close }) => {
    const next = { bars: bars + 1 };
    if (next.bars % every !== 0) return [next, null];
    const side = (next.bars / every) % 2 === 1 ? "BUY" : "SELL";
    return [next, { side, confidence: 1, features: { close }, rule: "beat" }];
  },
});

export const catalog = Catalog.make([metronome]);
