import { Schema } from "effect";
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

export const DonchianBreakout = Strategy.make<typeof params.Type, State>({
  key: "donchian_breakout",
  name: "Donchian breakout",
  description:
    "Buys when the close exceeds the highest high of the bars before, sells when it undercuts the lowest low.",
  params,
  scaleFree: true,
  warmup: (p) => Math.max(p.entry_length, p.exit_length) + 1,
  init: () => ({ highs: Window.empty, lows: Window.empty, zone: null }),
  step: (p, { highs, lows, zone: before }, { high, low, close }) => {
    const warm = highs.length === p.entry_length && lows.length === p.exit_length;
    const [upper, lower] = [Window.max(highs), Window.min(lows)];
    const zone = warm ? Zone.of(close, lower, upper) : null;
    const next = {
      highs: Window.push(highs, high, p.entry_length),
      lows: Window.push(lows, low, p.exit_length),
      zone,
    };
    const features = { close, upper, lower };
    switch (zone === null ? 0 : Zone.entered(before, zone)) {
      case 1: {
        const beyond = Strategy.share(close - upper, upper - lower);
        return [next, Strategy.decision("BUY", "close_exceeds_highest_high", beyond, features)];
      }
      case -1: {
        const beyond = Strategy.share(lower - close, upper - lower);
        return [next, Strategy.decision("SELL", "close_undercuts_lowest_low", beyond, features)];
      }
      default:
        return [next, null];
    }
  },
});
