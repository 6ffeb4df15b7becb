import * as Money from "../Money.ts";
import * as Percent from "./Percent.ts";
import { openingRule } from "./Rule.ts";

/**
 * Base: equity at the decision. Σ |quantity| × mark on the projected books, this order included, rounded up to a
 * millionth.
 */
export const NotionalExposure = openingRule(
  "notional_exposure",
  ({ exposure, equity, profile }) => Percent.isWithin(exposure, profile.max_notional_exposure_pct, equity),
  ({ exposure, equity, profile: { max_notional_exposure_pct } }) => {
    const limit = Money.format(Percent.of(max_notional_exposure_pct, equity));
    const base = Money.format(equity);
    const value = Money.format(Percent.ceilDiv(exposure, Money.ONE));
    return {
      limit,
      base,
      value,
      text: `the exposure would be ${value}; at most ${limit} are allowed, ${max_notional_exposure_pct} % of the equity of ${base}`,
    };
  },
);
