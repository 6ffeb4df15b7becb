import type { Rule } from "./Rule.ts";

/** Long only unless the profile allows shorts: a sell without a position needs `allow_short`. */
export const ShortAllowed: Rule = {
  code: "short_not_allowed",
  holds: ({ side, opening }) => opening === null || side === "BUY" || opening.allowShort,
  record: ({ side, opening }) => ({
    limit: null,
    base: null,
    value: side,
    text:
      opening === null
        ? "the order reduces a position"
        : side === "BUY"
          ? "a buy needs no allow_short"
          : `a sell without a long position; allow_short is ${opening.allowShort}`,
  }),
};
