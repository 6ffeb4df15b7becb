import { Columns, Rng } from "@strom/core";

const HOUR = 3_600_000;
const T0 = Date.UTC(2020, 0, 1);

/** A seeded random walk of hourly bars: the same on every machine. */
export const walk = (length: number, seed = 1, symbol = "WALK"): Columns.Columns => {
  const columns = Columns.make(symbol, length);
  let state = Rng.make(seed);
  let close = 100;
  for (let i = 0; i < length; i++) {
    const [u, next] = Rng.uniform(state);
    state = next;
    const open = close;
    close = Math.round(open * (1 + (u - 0.497) * 0.03) * 100) / 100;
    columns.from[i] = T0 + i * HOUR;
    columns.to[i] = T0 + (i + 1) * HOUR;
    columns.open[i] = open;
    columns.high[i] = Math.max(open, close);
    columns.low[i] = Math.min(open, close);
    columns.close[i] = close;
    columns.volume[i] = 1000;
  }
  return columns;
};
