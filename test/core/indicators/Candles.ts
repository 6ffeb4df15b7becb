import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Bar } from "@strom/core";
import { Rng } from "@strom/core";
import { marketData } from "../../servers/Needs.ts";

/** Bars to compare indicators on: generated from seeds, always there, and the real files when they are. */
export interface Dataset {
  readonly name: string;
  readonly bars: ReadonlyArray<Bar.Bar>;
}

const read = (file: string): ReadonlyArray<Bar.Bar> =>
  readFileSync(join(marketData, file), "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => {
      const [ts = "", ...cells] = line.split(",");
      const [open = 0, high = 0, low = 0, close = 0, volume = 0] = cells.map(Number);
      const from = Date.parse(ts);
      return { symbol: file, from, to: from + 60_000, open, high, low, close, volume, ticks: 4 };
    });

/** Six decimals, as every price has. */
const micro = (x: number): number => Math.round(x * 1e6) / 1e6;

/** A random walk of bars; now and then flat for a while, gapped, or a thousand times dearer. */
export const generate = (seed: number, count: number): ReadonlyArray<Bar.Bar> => {
  const bars: Array<Bar.Bar> = [];
  let state = Rng.make(seed);
  const draw = (): number => {
    const [z, next] = Rng.normal(state);
    state = next;
    return z;
  };
  let close = 100;
  let flat = 0;
  for (let n = 0; n < count; n++) {
    if (flat === 0 && draw() > 2.3) flat = 30;
    flat = Math.max(0, flat - 1);
    const still = flat > 0;
    const jump = draw() > 3 ? (close > 10_000 ? 1e-3 : 1e3) : 1;
    const open = micro(still ? close : Math.max(0.01, close * (1 + 0.002 * draw())));
    close = micro(still ? open : Math.max(0.01, open * jump * (1 + 0.01 * draw())));
    const high = micro(Math.max(open, close) * (still ? 1 : 1 + 0.005 * Math.abs(draw())));
    const low = micro(Math.min(open, close) * (still ? 1 : 1 - 0.005 * Math.min(1, Math.abs(draw()))));
    const volume = still ? 0 : Math.round(1_000 * Math.abs(draw()));
    bars.push({
      symbol: `seed ${seed}`,
      from: n * 60_000,
      to: (n + 1) * 60_000,
      open,
      high,
      low,
      close,
      volume,
      ticks: 4,
    });
  }
  return bars;
};

/** Always there. */
export const generated: ReadonlyArray<Dataset> = [
  { name: "generated series, seed 1", bars: generate(1, 3_000) },
  { name: "generated series, seed 2", bars: generate(2, 6_000) },
];

/** Those that are on this machine. */
export const recorded = (): ReadonlyArray<Dataset> =>
  ["spy-1d.csv", "btcusd-1d.csv", "btcusd-1m.csv"]
    .filter((file) => existsSync(join(marketData, file)))
    .map((file) => ({ name: file, bars: read(file) }));
