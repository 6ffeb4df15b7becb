import type { Cash, Price, Qty } from "../Money.ts";
import * as Money from "../Money.ts";
import type { RiskProfile } from "../RiskProfile.ts";
import * as Percent from "./Percent.ts";

/**
 * How far away the stop of a new position is taken to be, in percent of its price: what the profile says, else its
 * nearest protective stop, else 100, for without a stop the whole notional is at risk.
 */
export const stopDistancePct = (profile: RiskProfile): number =>
  profile.stop_distance_pct ?? Math.min(profile.stop_loss_pct ?? 100, profile.trailing_stop_pct ?? 100);

/** The smallest quantity that may open a position. */
export const lot = (profile: RiskProfile): Qty =>
  profile.lot_size === undefined ? MICRO_LOT : Money.qty(BigInt(Math.round(profile.lot_size * 1e6)));

const MICRO_LOT = Money.qty(1n);

/**
 * The largest lot multiple whose notional times the stop distance is within the budget, exactly; zero when the
 * budget does not reach for one lot. Never more than a quantity can hold beside what is held already.
 */
export const size = (budget: Cash, price: Price, stopPct: number, lotSize: Qty, held: Qty): Qty => {
  if (budget <= 0n) return Money.ZERO_QTY;
  // A stop at the whole distance cancels out: the common case, and much smaller numbers.
  const affordable =
    stopPct === 100
      ? (budget * Money.ONE) / price
      : (budget * Money.ONE * Percent.WHOLE) / (price * Percent.micro(stopPct));
  const room = Money.MAX - Money.abs(held);
  return Money.floorToLot(Money.qty(Money.min(affordable, room)), lotSize);
};

/** Notional times stop distance, rounded up to a millionth. */
export const atRisk = (quantity: Qty, price: Price, stopPct: number): Cash =>
  (stopPct === 100
    ? Percent.ceilDiv(quantity * price, Money.ONE)
    : Percent.ceilDiv(quantity * price * Percent.micro(stopPct), Money.ONE * Percent.WHOLE)) as Cash;
