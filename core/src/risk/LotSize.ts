import * as Money from "../Money.ts";
import type { Rule } from "./Rule.ts";

/** At least one lot after rounding down. What closes a position is its whole quantity, whatever the lot. */
export const LotSize: Rule = {
  code: "qty_below_lot",
  holds: ({ qty, opening }) => qty > 0n && (opening === null || qty >= opening.lot),
  record: ({ qty, opening }) => ({
    limit: opening === null ? null : Money.format(opening.lot),
    base: null,
    value: Money.format(qty),
    text:
      opening === null
        ? `the whole position of ${Money.format(qty)} is closed`
        : `the order is ${Money.format(qty)}; at least one lot of ${Money.format(opening.lot)} is needed`,
  }),
};
