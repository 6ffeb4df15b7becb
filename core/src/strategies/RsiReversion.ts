import { Schema } from "effect";
import * as Rsi from "../indicators/Rsi.ts";
import * as Wilder from "../indicators/Wilder.ts";
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

type RsiParams = typeof params.Type;

const step = (p: RsiParams, state: State, close: number): readonly [State, Strategy.Decision | null] => {
  const [rsi, value] = Rsi.next(state.rsi, close);
  const zone = value === null ? null : Zone.of(value, p.oversold, p.overbought);
  const entered = zone === null ? 0 : Zone.entered(state.zone, zone);
  return [{ rsi, zone }, entered === 0 || value === null ? null : decide(p, entered, close, value)];
};

const decide = (p: RsiParams, entered: Zone.Zone, close: number, rsi: number): Strategy.Decision =>
  entered === -1
    ? Strategy.decision("BUY", "rsi_falls_below_oversold", (p.oversold - rsi) / p.oversold, { close, rsi })
    : Strategy.decision("SELL", "rsi_rises_above_overbought", (rsi - p.overbought) / (100 - p.overbought), {
        close,
        rsi,
      });

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
  step: (p, state, bar) => step(p, state, bar.close),
  scan: (p, state, { close }, from, to) => {
    let current = state;
    let index = from;
    for (; index < to && current.zone === null; index++) current = step(p, current, close[index] ?? 0)[0];
    const { zone: before, rsi } = current;
    if (before === null || rsi.previous === null) return { index: to, state: current, decision: null };
    const { length } = rsi.gain;
    let [gains, losses, previous] = [rsi.gain.value, rsi.loss.value, rsi.previous];
    let zone: Zone.Zone = before;
    let decision: Strategy.Decision | null = null;
    for (; index < to && decision === null; index++) {
      const price = close[index] ?? 0;
      const change = price - previous;
      gains = Wilder.toward(gains, Math.max(change, 0), length);
      losses = Wilder.toward(losses, change < 0 ? -change : 0, length);
      previous = price;
      const value = Rsi.index(gains, losses);
      const now = Zone.of(value, p.oversold, p.overbought);
      if (now !== zone && now !== 0) decision = decide(p, now, price, value);
      zone = now;
    }
    const after = {
      previous,
      gain: { ...rsi.gain, value: gains },
      loss: { ...rsi.loss, value: losses },
    };
    return { index: decision === null ? to : index - 1, state: { rsi: after, zone }, decision };
  },
});
