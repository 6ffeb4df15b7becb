import * as Money from "../Money.ts";
import { openingRule } from "./Rule.ts";

/** Unlevered unless the profile allows shorts: the fill and its fee are paid out of cash. */
export const CashCovers = openingRule(
  "insufficient_cash",
  ({ cashAfter, allowShort }) => allowShort || cashAfter >= 0n,
  ({ cashAfter, allowShort }) => ({
    limit: allowShort ? null : "0",
    base: null,
    value: Money.format(cashAfter),
    text: `cash after the fill and its fee would be ${Money.format(cashAfter)}; ${allowShort ? "the profile allows less than nothing" : "it may not be below 0"}`,
  }),
);
