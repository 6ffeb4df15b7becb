import type { Cash, Price } from "./Money.ts";

/** What the limits remember beside the books: cached on `accounts`, moved by every mark. */
export interface Guard {
  /** Highest equity marked so far; the capital at first. */
  readonly peakEquity: Cash;
  /** The UTC day of the last mark, in days since the epoch; -1 before the first. */
  readonly day: number;
  /** Equity at the first mark of that day. */
  readonly dayStartEquity: Cash;
  /** Best mark since each open position was opened: highest for a long, lowest for a short. Only with a trailing stop. */
  readonly trail: { readonly [symbol: string]: Price };
}

export const MS_PER_DAY = 86_400_000;

/** Before the first mark. */
export const make = (capital: Cash): Guard => ({
  peakEquity: capital,
  day: -1,
  dayStartEquity: capital,
  trail: {},
});
