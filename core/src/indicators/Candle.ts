import type { Bar } from "../Bar.ts";

/** The part of a bar an indicator of whole bars looks at. */
export type Candle = Pick<Bar, "high" | "low" | "close">;

/** The widest move since the close before: max(high - low, |high - close|, |low - close|). Wilder (1978). */
export const trueRange = (candle: Candle, previousClose: number | null): number => {
  const range = candle.high - candle.low;
  if (previousClose === null) return range;
  const up = Math.abs(candle.high - previousClose);
  const down = Math.abs(candle.low - previousClose);
  return Math.max(range, up, down);
};

/** The price a bar is summed up by: (high + low + close) / 3. */
export const typicalPrice = ({ high, low, close }: Candle): number => (high + low + close) / 3;
