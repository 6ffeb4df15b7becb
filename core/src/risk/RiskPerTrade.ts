import * as Money from "../Money.ts";
import * as Percent from "./Percent.ts";
import { openingRule } from "./Rule.ts";
import * as Sizing from "./Sizing.ts";

/** Base: equity at the decision. Sizing keeps an order within the budget, so this one fails only where there is none. */
export const RiskPerTrade = openingRule(
  "risk_per_trade",
  ({ equity }) => equity >= 0n,
  ({ equity, qty, price, profile }) => {
    const stopPct = Sizing.stopDistancePct(profile);
    const limit = Money.format(Percent.of(profile.max_risk_per_trade_pct, equity));
    const base = Money.format(equity);
    const value = Money.format(Sizing.atRisk(qty, price, stopPct));
    return {
      limit,
      base,
      value,
      text: `${value} would be at risk with a stop ${stopPct} % away; at most ${limit} may be, ${profile.max_risk_per_trade_pct} % of the equity of ${base}`,
    };
  },
);
