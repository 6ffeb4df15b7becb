import type { Marks } from "./Intent.ts";
import * as Ledger from "./Ledger.ts";
import type { Cash, Price } from "./Money.ts";
import * as Money from "./Money.ts";

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

const NONE: Guard["trail"] = {};

/** Before the first mark. */
export const make = (capital: Cash): Guard => ({
  peakEquity: capital,
  day: -1,
  dayStartEquity: capital,
  trail: NONE,
});

/** After a mark of the books at an instant: the peak rises, and a new UTC day begins with this equity. */
export const mark = (guard: Guard, at: number, equity: Cash): Guard => {
  const day = Math.floor(at / MS_PER_DAY);
  if (day === guard.day && equity <= guard.peakEquity) return guard;
  return {
    peakEquity: Money.max(guard.peakEquity, equity),
    day,
    dayStartEquity: day === guard.day ? guard.dayStartEquity : equity,
    trail: guard.trail,
  };
};

/** The best marks of the positions held, after a mark: kept only where a trailing stop needs them. */
export const trail = (guard: Guard, account: Ledger.Account, marks: Marks): Guard => {
  const next: Record<string, Price> = {};
  for (const symbol of Ledger.held(account)) {
    const mark = marks[symbol];
    const best = guard.trail[symbol];
    const { qty } = Ledger.position(account, symbol);
    if (mark === undefined || best === undefined) {
      const known = mark ?? best;
      if (known !== undefined) next[symbol] = known;
    } else {
      next[symbol] = qty > 0n ? Money.max(best, mark) : Money.min(best, mark);
    }
  }
  return { ...guard, trail: next };
};

/** Without a trailing stop nothing is trailed: one that is set later begins afresh. */
export const untrailed = (guard: Guard): Guard => (guard.trail === NONE ? guard : { ...guard, trail: NONE });

/** After a trade at a mark: a position that was opened begins its trail there, one that was closed has none. */
export const traded = (
  guard: Guard,
  symbol: string,
  before: Ledger.Position,
  after: Ledger.Position,
  mark: Price,
): Guard => {
  if (after.qty !== 0n && before.qty > 0n === after.qty > 0n && before.qty < 0n === after.qty < 0n)
    return guard;
  const { [symbol]: _, ...others } = guard.trail;
  return { ...guard, trail: after.qty === 0n ? others : { ...others, [symbol]: mark } };
};
