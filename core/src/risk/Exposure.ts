import type { Marks } from "../Intent.ts";
import * as Ledger from "../Ledger.ts";
import type { Price, Qty } from "../Money.ts";
import * as Money from "../Money.ts";

/**
 * Σ |quantity| × mark over the positions held, and an order's own quantity at its price, exact, in millionths of
 * millionths. A held symbol without a mark counts at what it cost.
 */
export const after = (account: Ledger.Account, marks: Marks, quantity: Qty, price: Price): bigint => {
  let sum = quantity * price;
  for (const symbol in account.positions) {
    const { qty, costBasis } = Ledger.position(account, symbol);
    if (qty === 0n) continue;
    const mark = marks[symbol];
    sum += mark === undefined ? Money.abs(costBasis) * Money.ONE : Money.abs(qty) * mark;
  }
  return sum;
};
