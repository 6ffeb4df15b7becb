import * as Money from "../Money.ts";
import type { Rule } from "./Rule.ts";
import * as Sizing from "./Sizing.ts";

/** At least one lot after rounding down. What closes a position is its whole quantity, whatever the lot. */
export const LotSize: Rule = {
  code: "qty_below_lot",
  // Sized in whole lots: anything above none is at least one.
  holds: ({ qty }) => qty > 0n,
  record: ({ qty, opening }) => {
    if (opening === null) {
      const whole = Money.format(qty);
      return { limit: null, base: null, value: whole, text: `the whole position of ${whole} is closed` };
    }
    const lot = Money.format(Sizing.lot(opening.profile));
    return {
      limit: lot,
      base: null,
      value: Money.format(qty),
      text: `the order is ${Money.format(qty)}; at least one lot of ${lot} is needed`,
    };
  },
};
