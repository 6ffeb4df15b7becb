import * as Strategy from "../Strategy.ts";
import * as BandZone from "./BandZone.ts";

const READING = {
  below: { side: "SELL", rule: "close_breaks_below_lower_band" },
  above: { side: "BUY", rule: "close_breaks_above_upper_band" },
} as const;

export const BollingerBreakout = Strategy.make<BandZone.BandParams, BandZone.State>({
  key: "bollinger_breakout",
  name: "Bollinger breakout",
  description: "Buys when the close breaks out of the upper band, sells when it breaks out of the lower one.",
  params: BandZone.params,
  scaleFree: true,
  warmup: (p) => p.bb_length,
  init: BandZone.init,
  step: (_, state, bar) => BandZone.step(state, bar.close, READING),
  scan: (_, state, { close }, from, to) => BandZone.scan(state, close, from, to, READING),
});
