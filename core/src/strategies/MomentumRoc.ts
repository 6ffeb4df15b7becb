import { Schema } from "effect";
import * as Roc from "../indicators/Roc.ts";
import * as Window from "../indicators/Window.ts";
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

type RocParams = typeof params.Type;

const decide = (p: RocParams, entered: Zone.Zone, close: number, change: number): Strategy.Decision => {
  const beyond = Strategy.share(Math.abs(change) - p.threshold_pct, p.threshold_pct);
  const features = { close, roc_pct: change };
  return entered === 1
    ? Strategy.decision("BUY", "roc_rises_above_threshold", beyond, features)
    : Strategy.decision("SELL", "roc_falls_below_threshold", beyond, features);
};

const step = (p: RocParams, state: State, close: number): readonly [State, Strategy.Decision | null] => {
  const [roc, change] = Roc.next(state.roc, close);
  if (change === null) return [{ roc, zone: null }, null];
  const zone = Zone.of(change, -p.threshold_pct, p.threshold_pct);
  const entered = Zone.entered(state.zone, zone);
  return [{ roc, zone }, entered === 0 ? null : decide(p, entered, close, change)];
};

export const MomentumRoc = Strategy.make<typeof params.Type, State>({
  key: "momentum_roc",
  name: "Rate-of-change momentum",
  description:
    "Buys when the change over some bars rises above the threshold, sells when it falls below its negative.",
  params,
  scaleFree: true,
  warmup: (p) => p.roc_length + 1,
  init: (p) => ({ roc: Roc.init(p.roc_length), zone: null }),
  step: (p, state, bar) => step(p, state, bar.close),
  scan: (p, state, { close }, from, to) => {
    let current = state;
    let index = from;
    for (; index < to && !isAligned(current, close, index); index++) {
      const [next, decision] = step(p, current, close[index] ?? 0);
      current = next;
      if (decision !== null) return { index, state: current, decision };
    }
    if (index === to || current.zone === null) return { index: to, state: current, decision: null };
    const { length } = current.roc;
    let zone: Zone.Zone = current.zone;
    let decision: Strategy.Decision | null = null;
    for (; index < to && decision === null; index++) {
      const price = close[index] ?? 0;
      const change = Roc.change(close[index - length] ?? 0, price);
      const now = Zone.of(change, -p.threshold_pct, p.threshold_pct);
      const entered = Zone.entered(zone, now);
      if (entered !== 0) decision = decide(p, entered, price, change);
      zone = now;
    }
    const window = Window.ofColumn(close, index, length + 1);
    return { index: decision === null ? to : index - 1, state: { roc: { length, window }, zone }, decision };
  },
});

const isAligned = ({ roc, zone }: State, close: Float64Array, index: number): boolean =>
  zone !== null && Window.precedes(roc.window, close, index);
