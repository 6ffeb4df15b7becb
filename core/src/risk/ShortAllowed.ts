import { openingRule } from "./Rule.ts";

/** Long only unless the profile allows shorts: a sell without a position needs `allow_short`. */
export const ShortAllowed = openingRule(
  "short_not_allowed",
  ({ side, profile }) => side === "BUY" || profile.allow_short === true,
  ({ side, profile: { allow_short = false } }) => ({
    limit: null,
    base: null,
    value: side,
    text:
      side === "BUY"
        ? "a BUY needs no allow_short"
        : `a SELL without a long position; allow_short is ${allow_short}`,
  }),
);
