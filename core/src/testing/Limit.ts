import * as FillModel from "../FillModel.ts";
import type { Guard } from "../Guard.ts";
import type { Draft } from "../Intent.ts";
import * as Ledger from "../Ledger.ts";
import * as Money from "../Money.ts";
import type { RiskProfile } from "../RiskProfile.ts";

/**
 * The limits of a profile once more, straight from their definitions in whole numbers and independent of the
 * rules that the engine applies, so that one can be held against the other.
 */

/** `part` is more than `pct` percent of `whole`; percentages have six decimals at most. */
const isOver = (part: bigint, pct: number, whole: bigint): boolean =>
  part * 100_000_000n > whole * BigInt(Math.round(pct * 1e6));

/** `value` is at or below `base` less `pct` percent. */
const isLost = (value: bigint, pct: number, base: bigint): boolean =>
  value * 100_000_000n <= base * (100_000_000n - BigInt(Math.round(pct * 1e6)));

const shown = (micro: bigint): string => Money.format(micro);

/** The first limit that an approved order passes, in words; undefined when it keeps them all. */
export const exceeded = (
  risk: RiskProfile,
  account: Ledger.Account,
  guard: Guard,
  order: Draft,
  at: number,
): string | undefined => {
  const held = Ledger.position(account, order.symbol);
  const traded = order.side === "BUY" ? order.qty : -order.qty;
  if (order.qty <= 0n) return `the least size: its quantity is ${shown(order.qty)}`;
  const isReducing = held.qty !== 0n && held.qty > 0n !== traded > 0n;
  if (isReducing) {
    return Money.abs(traded) > Money.abs(held.qty)
      ? `the position of ${shown(held.qty)} that it closes, with ${shown(traded)}`
      : undefined;
  }
  return opening(risk, account, guard, order, at) ?? shortOrUnpaid(risk, account, order);
};

const opening = (
  risk: RiskProfile,
  account: Ledger.Account,
  guard: Guard,
  order: Draft,
  at: number,
): string | undefined => {
  const { equity } = Ledger.mark(account, order.marks);
  const { lastFillAt, qty: heldQty } = Ledger.position(account, order.symbol);
  const symbols = Ledger.held(account).length + (heldQty === 0n ? 1 : 0);
  const stop = risk.stop_distance_pct ?? Math.min(risk.stop_loss_pct ?? 100, risk.trailing_stop_pct ?? 100);
  const lot = BigInt(Math.round((risk.lot_size ?? 0.000001) * 1e6));
  // Both sides carry the scale of a quantity times a price, so nothing is rounded.
  const notional = order.qty * order.price;
  const exposure = exposureOf(account, order) + notional;
  const atRisk = notional * BigInt(Math.round(stop * 1e6));
  if (isLost(equity, risk.max_daily_loss_pct, guard.dayStartEquity)) {
    return `max_daily_loss_pct: equity is ${shown(equity)} after ${shown(guard.dayStartEquity)} at the day's start`;
  }
  if (risk.max_drawdown_pct !== undefined && isLost(equity, risk.max_drawdown_pct, guard.peakEquity)) {
    return `max_drawdown_pct: equity is ${shown(equity)} after a peak of ${shown(guard.peakEquity)}`;
  }
  if (lastFillAt !== null && at - lastFillAt < risk.cooldown_seconds * 1000) {
    return `cooldown_seconds: the last fill was ${at - lastFillAt} ms ago`;
  }
  if (symbols > risk.max_open_positions) return `max_open_positions: it makes ${symbols}`;
  if (isOver(atRisk, risk.max_risk_per_trade_pct, equity * Money.ONE * 100_000_000n)) {
    return `max_risk_per_trade_pct: ${shown(notional / Money.ONE)} with a stop ${stop} % away, of an equity of ${shown(equity)}`;
  }
  if (isOver(exposure, risk.max_notional_exposure_pct, equity * Money.ONE)) {
    return `max_notional_exposure_pct: ${shown(exposure / Money.ONE)} of an equity of ${shown(equity)}`;
  }
  return order.qty % lot === 0n ? undefined : `lot_size: ${shown(order.qty)} is no multiple of it`;
};

/** What is held already, at its marks, in millionths of millionths. */
const exposureOf = (account: Ledger.Account, order: Draft): bigint =>
  Ledger.held(account).reduce((sum, symbol) => {
    const { qty, costBasis } = Ledger.position(account, symbol);
    const mark = order.marks[symbol];
    return sum + (mark === undefined ? Money.abs(costBasis) * Money.ONE : Money.abs(qty) * mark);
  }, 0n);

const shortOrUnpaid = (risk: RiskProfile, account: Ledger.Account, order: Draft): string | undefined => {
  if (risk.allow_short === true) return undefined;
  if (order.side === "SELL") return "allow_short: it sells what is not held";
  const { cash } = Ledger.post(account, FillModel.fill(order)).account;
  return cash < 0n ? `the cash: ${shown(cash)} would be left` : undefined;
};
