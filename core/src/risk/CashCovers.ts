import * as Money from "../Money.ts";
import { openingRule } from "./Rule.ts";

/** Unlevered unless the profile allows shorts: the fill and its fee are paid out of cash. */
export const CashCovers = openingRule(
  "insufficient_cash",
  ({ cashAfter, profile }) => cashAfter >= 0n || profile.allow_short === true,
  ({ cashAfter, profile: { allow_short = false } }) => ({
    limit: allow_short ? null : "0",
    base: null,
    value: Money.format(cashAfter),
    text: `cash after the fill and its fee would be ${Money.format(cashAfter)}; ${allow_short ? "the profile allows less than nothing" : "it may not be below 0"}`,
  }),
);
