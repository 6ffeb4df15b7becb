import * as Money from "../Money.ts";
import { openingRule } from "./Rule.ts";

/** Base: equity at the first mark of the slot's UTC day. Opening is refused while equity is at or below the floor. */
export const DailyLoss = openingRule(
  "daily_loss_limit",
  ({ equity, dailyFloor }) => equity > dailyFloor,
  ({ equity, dayStartEquity, dailyFloor, maxDailyLossPct }) => ({
    limit: Money.format(dailyFloor),
    base: Money.format(dayStartEquity),
    value: Money.format(equity),
    text: `equity is ${Money.format(equity)}; it must stay above ${Money.format(dailyFloor)}, ${maxDailyLossPct} % below the ${Money.format(dayStartEquity)} at the first mark of the UTC day`,
  }),
);
