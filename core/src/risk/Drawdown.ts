import * as Money from "../Money.ts";
import * as Percent from "./Percent.ts";
import { openingRule } from "./Rule.ts";

/** Base: peak equity. Opening is refused while equity is at or below the floor. */
export const Drawdown = openingRule(
  "drawdown_limit",
  ({ equity, peakEquity, profile: { max_drawdown_pct } }) =>
    max_drawdown_pct === undefined || Percent.isAboveLess(equity, max_drawdown_pct, peakEquity),
  ({ equity, peakEquity, profile: { max_drawdown_pct } }) => {
    const base = Money.format(peakEquity);
    const value = Money.format(equity);
    if (max_drawdown_pct === undefined) {
      return { limit: null, base, value, text: "the profile sets no limit on the drawdown" };
    }
    const floor = Money.format(Percent.less(max_drawdown_pct, peakEquity));
    return {
      limit: floor,
      base,
      value,
      text: `equity is ${value}; it must stay above ${floor}, ${max_drawdown_pct} % below the peak of ${base}`,
    };
  },
);
