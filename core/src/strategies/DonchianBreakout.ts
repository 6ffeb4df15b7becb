import { Schema } from "effect";
import type { Bar } from "../Bar.ts";
import * as Window from "../indicators/Window.ts";
import * as Params from "../Params.ts";
import * as Strategy from "../Strategy.ts";
import * as Zone from "./Zone.ts";

const params = Schema.Struct({
  entry_length: Params.int({
    default: 20,
    minimum: 1,
    maximum: 1_000,
    description: "Bars whose highest high is broken to buy",
  }),
  exit_length: Params.int({
    default: 10,
    minimum: 1,
    maximum: 1_000,
    description: "Bars whose lowest low is broken to sell",
  }),
});

/** The bars before the present one: a bar cannot break a channel it is part of. */
interface State {
  readonly highs: Window.Window;
  readonly lows: Window.Window;
  readonly zone: Zone.Zone | null;
}

type DonchianParams = typeof params.Type;

const decide = (entered: Zone.Zone, close: number, upper: number, lower: number): Strategy.Decision => {
  const [range, features] = [upper - lower, { close, upper, lower }];
  return entered === 1
    ? Strategy.decision("BUY", "close_exceeds_highest_high", Strategy.share(close - upper, range), features)
    : Strategy.decision("SELL", "close_undercuts_lowest_low", Strategy.share(lower - close, range), features);
};

const step = (
  p: DonchianParams,
  { highs, lows, zone: before }: State,
  { high, low, close }: Pick<Bar, "high" | "low" | "close">,
): readonly [State, Strategy.Decision | null] => {
  const warm = highs.length === p.entry_length && lows.length === p.exit_length;
  const [upper, lower] = [Window.max(highs), Window.min(lows)];
  const zone = warm ? Zone.of(close, lower, upper) : null;
  const entered = zone === null ? 0 : Zone.entered(before, zone);
  const next = {
    highs: Window.push(highs, high, p.entry_length),
    lows: Window.push(lows, low, p.exit_length),
    zone,
  };
  return [next, entered === 0 ? null : decide(entered, close, upper, lower)];
};

export const DonchianBreakout = Strategy.make<typeof params.Type, State>({
  key: "donchian_breakout",
  name: "Donchian breakout",
  description:
    "Buys when the close exceeds the highest high of the bars before, sells when it undercuts the lowest low.",
  params,
  scaleFree: true,
  warmup: (p) => Math.max(p.entry_length, p.exit_length) + 1,
  init: () => ({ highs: Window.empty, lows: Window.empty, zone: null }),
  step,
  scan: (p, state, { high, low, close }, from, to) => {
    let current = state;
    let index = from;
    for (; index < to && !isAligned(current, high, low, index); index++) {
      const bar = { high: high[index] ?? 0, low: low[index] ?? 0, close: close[index] ?? 0 };
      const [next, decision] = step(p, current, bar);
      current = next;
      if (decision !== null) return { index, state: current, decision };
    }
    if (index === to || current.zone === null) return { index: to, state: current, decision: null };
    let zone: Zone.Zone = current.zone;
    let decision: Strategy.Decision | null = null;
    for (; index < to && decision === null; index++) {
      const price = close[index] ?? 0;
      const upper = highest(high, index - p.entry_length, index);
      const lower = lowest(low, index - p.exit_length, index);
      const now = Zone.of(price, lower, upper);
      const entered = Zone.entered(zone, now);
      if (entered !== 0) decision = decide(entered, price, upper, lower);
      zone = now;
    }
    const highs = Window.ofColumn(high, index, p.entry_length);
    const lows = Window.ofColumn(low, index, p.exit_length);
    return { index: decision === null ? to : index - 1, state: { highs, lows, zone }, decision };
  },
});

const isAligned = (
  { highs, lows, zone }: State,
  high: Float64Array,
  low: Float64Array,
  index: number,
): boolean => zone !== null && Window.precedes(highs, high, index) && Window.precedes(lows, low, index);

const highest = (column: Float64Array, from: number, to: number): number => {
  let found = column[from] ?? 0;
  for (let index = from + 1; index < to; index++) found = Math.max(found, column[index] ?? 0);
  return found;
};

const lowest = (column: Float64Array, from: number, to: number): number => {
  let found = column[from] ?? 0;
  for (let index = from + 1; index < to; index++) found = Math.min(found, column[index] ?? 0);
  return found;
};
