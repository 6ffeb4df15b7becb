import * as Money from "../Money.ts";
import { openingRule } from "./Rule.ts";

/** Base: peak equity. Opening is refused while equity is at or below the floor. */
export const Drawdown = openingRule(
  "drawdown_limit",
  ({ equity, drawdownFloor, maxDrawdownPct }) => maxDrawdownPct === null || equity > drawdownFloor,
  ({ equity, peakEquity, drawdownFloor, maxDrawdownPct }) =>
    maxDrawdownPct === null
      ? {
          limit: null,
          base: Money.format(peakEquity),
          value: Money.format(equity),
          text: "the profile sets no limit on the drawdown",
        }
      : {
          limit: Money.format(drawdownFloor),
          base: Money.format(peakEquity),
          value: Money.format(equity),
          text: `equity is ${Money.format(equity)}; it must stay above ${Money.format(drawdownFloor)}, ${maxDrawdownPct} % below the peak of ${Money.format(peakEquity)}`,
        },
);
