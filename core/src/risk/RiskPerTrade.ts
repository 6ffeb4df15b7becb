import * as Money from "../Money.ts";
import { openingRule } from "./Rule.ts";

/** Base: equity at the decision. Sizing keeps an order within the budget, so this one fails only where there is none. */
export const RiskPerTrade = openingRule(
  "risk_per_trade",
  ({ amountAtRisk, riskBudget }) => amountAtRisk <= riskBudget,
  ({ equity, amountAtRisk, riskBudget, maxRiskPct, stopDistancePct }) => ({
    limit: Money.format(riskBudget),
    base: Money.format(equity),
    value: Money.format(amountAtRisk),
    text: `${Money.format(amountAtRisk)} would be at risk with a stop ${stopDistancePct} % away; at most ${Money.format(riskBudget)} may be, ${maxRiskPct} % of the equity of ${Money.format(equity)}`,
  }),
);
