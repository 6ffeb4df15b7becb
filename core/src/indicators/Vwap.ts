import type { Bar } from "../Bar.ts";
import * as Candle from "./Candle.ts";

/** Volume-weighted average of the typical price, from the first bar on or anew each UTC day. */
export type Anchor = "start" | "day";

export interface State {
  readonly anchor: Anchor;
  readonly day: number;
  readonly turnover: number;
  readonly volume: number;
}

/** Throws `RangeError` on an anchor there is not. */
export const init = (anchor: Anchor = "start"): State => {
  if (anchor !== "start" && anchor !== "day")
    throw new RangeError(`anchor: "start" or "day" is needed, not ${JSON.stringify(anchor)}`);
  return { anchor, day: 0, turnover: 0, volume: 0 };
};

const DAY_MS = 86_400_000;

/** The average; a bar without volume repeats it; null before anything was traded. */
export const next = (
  state: State,
  bar: Pick<Bar, "high" | "low" | "close" | "volume" | "from">,
): readonly [State, number | null] => {
  const day = state.anchor === "day" ? Math.floor(bar.from / DAY_MS) : 0;
  const fresh = day !== state.day;
  const turnover = (fresh ? 0 : state.turnover) + Candle.typicalPrice(bar) * bar.volume;
  const volume = (fresh ? 0 : state.volume) + bar.volume;
  return [{ anchor: state.anchor, day, turnover, volume }, volume === 0 ? null : turnover / volume];
};
