import type { Fill } from "./FillModel.ts";
import type { Marks } from "./Intent.ts";
import type { Cash, Price, Qty } from "./Money.ts";
import * as Money from "./Money.ts";

/** Units held of one symbol and what they cost. The row stays when `qty` is back at zero. */
export interface Position {
  /** Signed: below zero is short. */
  readonly qty: Qty;
  /** Signed like `qty`; exact, zero when flat. */
  readonly costBasis: Cash;
  /** When this symbol was last filled, ms since the epoch; null when never. A cooldown counts from here. */
  readonly lastFillAt: number | null;
}

/** An agent's books. Immutable; every change goes through `post`. */
export interface Account {
  readonly capital: Cash;
  readonly cash: Cash;
  readonly realized: Cash;
  readonly fees: Cash;
  readonly positions: { readonly [symbol: string]: Position };
}

/** One leg of a trade: what it adds to an account of the ledger. The legs of a trade sum to zero. */
export interface Entry {
  /** 1..4, the same for the same account in every trade. */
  readonly leg: number;
  /** `cash`, `position:<symbol>`, `realized_pnl` (a gain is negative) or `fees`. */
  readonly account: string;
  readonly amount: Cash;
}

/** The books after a fill, what it realized, and its four legs. */
export interface Posting {
  /** What a reduction realized, fees aside. */
  readonly realized: Cash;
  readonly account: Account;
  readonly entries: readonly [Entry, Entry, Entry, Entry];
}

/** What the books are worth at prices. */
export interface Valuation {
  readonly equity: Cash;
  readonly unrealized: Cash;
}

/** Books that have never traded. */
export const open = (capital: Cash): Account => ({
  capital,
  cash: capital,
  realized: Money.ZERO_CASH,
  fees: Money.ZERO_CASH,
  positions: {},
});

const FLAT: Position = { qty: Money.ZERO_QTY, costBasis: Money.ZERO_CASH, lastFillAt: null };

/** The position in a symbol; flat when it was never traded. */
export const position = (account: Account, symbol: string): Position => account.positions[symbol] ?? FLAT;

/**
 * The books after a fill, by average cost. What a reduction takes out of the cost basis is its share of it, rounded
 * once; closing takes all that is left, so no remainder ever stays behind. A fill beyond a position closes it and
 * opens the other side with the rest.
 */
export const apply = (account: Account, fill: Fill): Account => {
  const before = position(account, fill.symbol);
  const isBuy = fill.side === "BUY";
  const traded = isBuy ? fill.qty : -fill.qty;
  const value = isBuy ? fill.notional : -fill.notional;
  const { costBasis, realized } = carry(before, traded, value);
  const after: Position = {
    qty: Money.qty(before.qty + traded),
    costBasis: amount(costBasis),
    lastFillAt: fill.at,
  };
  const positions: Record<string, Position> = { ...account.positions };
  positions[fill.symbol] = after;
  return {
    capital: account.capital,
    cash: amount(account.cash - value - fill.fee),
    realized: amount(account.realized + realized),
    fees: amount(account.fees + fill.fee),
    positions,
  };
};

/** The legs of a trade in a symbol, from the books before and after it. */
export const entries = (before: Account, after: Account, symbol: string): Posting["entries"] => [
  { leg: 1, account: "cash", amount: amount(after.cash - before.cash) },
  {
    leg: 2,
    account: `position:${symbol}`,
    amount: amount(position(after, symbol).costBasis - position(before, symbol).costBasis),
  },
  { leg: 3, account: "realized_pnl", amount: amount(before.realized - after.realized) },
  { leg: 4, account: "fees", amount: amount(after.fees - before.fees) },
];

/** Posts a fill: the books after it, what it realized, and its legs. */
export const post = (account: Account, fill: Fill): Posting => {
  const after = apply(account, fill);
  return {
    account: after,
    realized: amount(after.realized - account.realized),
    entries: entries(account, after, fill.symbol),
  };
};

/** The cost basis after a trade of a signed quantity for a signed value, and what it realized. */
const carry = (before: Position, traded: bigint, value: bigint): { costBasis: bigint; realized: bigint } => {
  const { qty: held, costBasis: cost } = before;
  if (held === 0n || held > 0n === traded > 0n) return { costBasis: cost + value, realized: 0n };
  const rest = held + traded;
  if (rest === 0n) return { costBasis: 0n, realized: -value - cost };
  if (rest > 0n === held > 0n) {
    const removed = Money.mulDiv(cost, -traded, held);
    return { costBasis: cost - removed, realized: -value - removed };
  }
  const closing = Money.mulDiv(value, -held, traded);
  return { costBasis: value - closing, realized: -closing - cost };
};

// Sums of the books may outgrow numeric(18,6), a single price or quantity may not: the ledger's columns are wider.
const amount = (micro: bigint): Cash => micro as Cash;

/** What a position is worth at a price beyond what it cost; the worth is rounded once, half to even. */
export const unrealized = ({ qty, costBasis }: Pick<Position, "qty" | "costBasis">, price: Price): Cash =>
  amount(Money.mulDiv(qty, price, Money.ONE) - costBasis);

/** The books at prices. A held symbol without a mark is taken at what it cost. */
export const mark = (account: Account, marks: Marks): Valuation => {
  let gained = 0n;
  let invested = 0n;
  for (const symbol in account.positions) {
    const held = position(account, symbol);
    if (held.qty === 0n) continue;
    const price = marks[symbol];
    invested += held.costBasis;
    if (price !== undefined) gained += unrealized(held, price);
  }
  return { equity: amount(account.cash + invested + gained), unrealized: amount(gained) };
};

/** Cost basis over quantity in millionths, rounded once, half to even; zero when flat. */
export const averagePrice = ({ qty, costBasis }: Position): bigint =>
  qty === 0n ? 0n : Money.divide(costBasis, qty);

/** Symbols held. */
export const held = (account: Account): ReadonlyArray<string> =>
  Object.keys(account.positions).filter((symbol) => position(account, symbol).qty !== 0n);

/** How many symbols are held. */
export const heldCount = (account: Account): number => {
  let count = 0;
  for (const symbol in account.positions) if (account.positions[symbol]?.qty !== 0n) count += 1;
  return count;
};
