import * as Strategy from "../Strategy.ts";
import * as BandZone from "./BandZone.ts";

const READING = {
  below: { side: "BUY", rule: "close_falls_below_lower_band" },
  above: { side: "SELL", rule: "close_rises_above_upper_band" },
} as const;

export const BollingerReversion = Strategy.make<BandZone.BandParams, BandZone.State>({
  key: "bollinger_reversion",
  name: "Bollinger reversion",
  description: "Buys when the close falls out of the lower band, sells when it rises out of the upper one.",
  params: BandZone.params,
  scaleFree: true,
  warmup: (p) => p.bb_length,
  init: BandZone.init,
  step: (_, state, bar) => BandZone.step(state, bar.close, READING),
  scan: (_, state, { close }, from, to) => BandZone.scan(state, close, from, to, READING),
});
