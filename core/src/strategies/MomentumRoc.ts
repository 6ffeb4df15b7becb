import { Schema } from "effect";
import * as Roc from "../indicators/Roc.ts";
import * as Params from "../Params.ts";
import * as Strategy from "../Strategy.ts";
import * as Zone from "./Zone.ts";

const params = Schema.Struct({
  roc_length: Params.int({
    default: 12,
    minimum: 1,
    maximum: 1_000,
    description: "Bars the change is measured over",
  }),
  threshold_pct: Params.number({
    default: 1,
    minimum: 0,
    maximum: 100,
    description: "Percent of change that counts as momentum",
  }),
});

interface State {
  readonly roc: Roc.State;
  readonly zone: Zone.Zone | null;
}

export const MomentumRoc = Strategy.make<typeof params.Type, State>({
  key: "momentum_roc",
  name: "Rate-of-change momentum",
  description:
    "Buys when the change over some bars rises above the threshold, sells when it falls below its negative.",
  params,
  scaleFree: true,
  warmup: (p) => p.roc_length + 1,
  init: (p) => ({ roc: Roc.init(p.roc_length), zone: null }),
  step: (p, state, { close }) => {
    const [roc, value] = Roc.next(state.roc, close);
    if (value === null) return [{ roc, zone: null }, null];
    const zone = Zone.of(value, -p.threshold_pct, p.threshold_pct);
    const entered = Zone.entered(state.zone, zone);
    if (entered === 0) return [{ roc, zone }, null];
    const beyond = Strategy.share(Math.abs(value) - p.threshold_pct, p.threshold_pct);
    const [side, rule] =
      entered === 1
        ? (["BUY", "roc_rises_above_threshold"] as const)
        : (["SELL", "roc_falls_below_threshold"] as const);
    return [{ roc, zone }, Strategy.decision(side, rule, beyond, { close, roc_pct: value })];
  },
});
