import { Schema } from "effect";
import * as Rsi from "../indicators/Rsi.ts";
import * as Params from "../Params.ts";
import * as Strategy from "../Strategy.ts";
import * as Zone from "./Zone.ts";

const params = Schema.Struct({
  rsi_length: Params.int({
    default: 14,
    minimum: 2,
    maximum: 1_000,
    description: "Changes the index looks at",
  }),
  oversold: Params.number({
    default: 30,
    minimum: 1,
    maximum: 99,
    description: "Buys when the index falls below this",
  }),
  overbought: Params.number({
    default: 70,
    minimum: 1,
    maximum: 99,
    description: "Sells when the index rises above this",
  }),
})
  .annotate({ description: "oversold must be below overbought" })
  .check(Params.below("oversold", "overbought"));

interface State {
  readonly rsi: Rsi.State;
  readonly zone: Zone.Zone | null;
}

export const RsiReversion = Strategy.make<typeof params.Type, State>({
  key: "rsi_reversion",
  name: "RSI reversion",
  description:
    "Buys when the relative strength index falls into oversold, sells when it rises into overbought.",
  params,
  scaleFree: true,
  // Wilder's averages fade slowly: a crash before the window still counts when little has moved since.
  tolerance: 1,
  warmup: (p) => p.rsi_length + 1,
  init: (p) => ({ rsi: Rsi.init(p.rsi_length), zone: null }),
  step: (p, state, { close }) => {
    const [rsi, value] = Rsi.next(state.rsi, close);
    if (value === null) return [{ rsi, zone: null }, null];
    const zone = Zone.of(value, p.oversold, p.overbought);
    const features = { close, rsi: value };
    switch (Zone.entered(state.zone, zone)) {
      case -1: {
        const beyond = (p.oversold - value) / p.oversold;
        return [{ rsi, zone }, Strategy.decision("BUY", "rsi_falls_below_oversold", beyond, features)];
      }
      case 1: {
        const beyond = (value - p.overbought) / (100 - p.overbought);
        return [{ rsi, zone }, Strategy.decision("SELL", "rsi_rises_above_overbought", beyond, features)];
      }
      default:
        return [{ rsi, zone }, null];
    }
  },
});
