import * as Money from "../Money.ts";
import * as Percent from "./Percent.ts";
import { openingRule } from "./Rule.ts";

/** Base: equity at the first mark of the slot's UTC day. Opening is refused while equity is at or below the floor. */
export const DailyLoss = openingRule(
  "daily_loss_limit",
  ({ equity, dayStartEquity, profile }) =>
    Percent.isAboveLess(equity, profile.max_daily_loss_pct, dayStartEquity),
  ({ equity, dayStartEquity, profile: { max_daily_loss_pct } }) => {
    const floor = Money.format(Percent.less(max_daily_loss_pct, dayStartEquity));
    const base = Money.format(dayStartEquity);
    const value = Money.format(equity);
    return {
      limit: floor,
      base,
      value,
      text: `equity is ${value}; it must stay above ${floor}, ${max_daily_loss_pct} % below the ${base} at the first mark of the UTC day`,
    };
  },
);
