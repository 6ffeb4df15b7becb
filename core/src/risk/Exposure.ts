import type { Marks } from "../Intent.ts";
import * as Ledger from "../Ledger.ts";
import type { Cash, Price, Qty } from "../Money.ts";
import * as Money from "../Money.ts";
import * as Percent from "./Percent.ts";

/**
 * Σ |quantity| × mark over the positions held, and an order's own quantity at its price, summed exactly and rounded
 * up to a millionth. A held symbol without a mark counts at what it cost.
 */
export const after = (account: Ledger.Account, marks: Marks, quantity: Qty, price: Price): Cash => {
  let sum = quantity * price;
  for (const symbol of Ledger.held(account)) {
    const { qty, costBasis } = Ledger.position(account, symbol);
    const mark = marks[symbol];
    sum += mark === undefined ? Money.abs(costBasis) * Money.ONE : Money.abs(qty) * mark;
  }
  return Percent.ceilDiv(sum, Money.ONE) as Cash;
};
