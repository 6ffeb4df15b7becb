import type { Bands } from "./Bands.ts";
import type { Candle } from "./Candle.ts";
import * as Length from "./Length.ts";
import * as Window from "./Window.ts";

/** Donchian channel: the highest high and the lowest low of the last `length` bars, and their middle. */
export interface State {
  readonly length: number;
  readonly highs: Window.Window;
  readonly lows: Window.Window;
}

export const init = (length: number): State => ({
  length: Length.check(length),
  highs: Window.empty,
  lows: Window.empty,
});

/** The channel, or null before `length` bars were seen. */
export const next = (
  state: State,
  { high, low }: Pick<Candle, "high" | "low">,
): readonly [State, Bands | null] => {
  const { length } = state;
  const highs = Window.push(state.highs, high, length);
  const lows = Window.push(state.lows, low, length);
  if (highs.length < length) return [{ length, highs, lows }, null];
  const upper = Window.max(highs);
  const lower = Window.min(lows);
  return [
    { length, highs, lows },
    { upper, middle: (upper + lower) / 2, lower },
  ];
};
