import { Rng } from "@strom/core";
import type * as Fleet from "../Fleet.ts";

/** A recording to be played under faults, and agents whose every limit binds somewhere in it. */

const MINUTE = 60_000;
export const BEGIN_AT = Date.UTC(2026, 2, 1, 20, 0, 0);

/** When so many minutes of it have been played. */
export const instant = (minutes: number): number => BEGIN_AT + minutes * MINUTE;

/** Prices that swing enough for every strategy to speak, as a CSV of minutes. */
export const csv = (minutes: number): string => {
  const price = (step: number): number =>
    100 + 8 * Rng.uniformFrom("slow", Math.floor(step / 12)) + 3 * Rng.uniformFrom("fast", step);
  const lines = ["ts,open,high,low,close,volume"];
  for (let minute = 0; minute < minutes; minute++) {
    const [open, close] = [price(minute), price(minute + 1)];
    const prices = [open, Math.max(open, close) + 0.5, Math.min(open, close) - 0.5, close];
    const texts = prices.map((value) => value.toFixed(2));
    lines.push([new Date(instant(minute)).toISOString(), ...texts, minute % 7].join(","));
  }
  return `${lines.join("\n")}\n`;
};

const strategies = [
  { key: "ema_crossover", params: { ema_fast: 3, ema_slow: 8 } },
  { key: "rsi_reversion", params: {} },
  { key: "buy_and_hold", params: {} },
] as const;

/** Some trade short with every stop, some in lots, so that fills follow upon fills. */
export const wishOf = (index: number): Fleet.Wish => ({
  ...(strategies[index % strategies.length] ?? strategies[0]),
  symbols: ["TEST"],
  frequencySeconds: 60 * (1 + (index % 2)),
  risk: {
    cooldown_seconds: 0,
    max_daily_loss_pct: 100,
    allow_short: index % 4 === 0,
    ...(index % 3 === 0
      ? { max_risk_per_trade_pct: 0.4, stop_loss_pct: 1, trailing_stop_pct: 1.5 }
      : { max_risk_per_trade_pct: 40, lot_size: 1 }),
  },
});
