import type { Position } from "../Ledger.ts";
import type { Price } from "../Money.ts";
import * as Money from "../Money.ts";
import type { RiskProfile } from "../RiskProfile.ts";

/**
 * Where a protective stop of a position may be hit, in doubles, with a margin far above their error: what it names is
 * looked at exactly by the engine, what it passes over cannot be a hit.
 */
export interface StopWatch {
  /** 1 for a long position, -1 for a short one: multiplied by it, a price that rises is good. */
  readonly sign: number;
  /** Worth at most this, times the sign: a loss to stop. */
  readonly loss: number;
  /** At least this: a profit to take. */
  readonly profit: number;
  /** Best price since it was opened, times the sign, and the share of it that is kept; NaN without a trailing stop. */
  readonly best: number;
  readonly kept: number;
}

const MARGIN = 1e-9;

/** The watch over a position, or null where there is nothing to watch. */
export const of = (profile: RiskProfile, position: Position, trail: Price | undefined): StopWatch | null => {
  const { stop_loss_pct, take_profit_pct, trailing_stop_pct } = profile;
  if (position.qty === 0n) return null;
  if (stop_loss_pct === undefined && take_profit_pct === undefined && trailing_stop_pct === undefined)
    return null;
  const sign = position.qty > 0n ? 1 : -1;
  const cost = Number(position.costBasis) / Number(position.qty);
  const slack = Math.abs(cost) * MARGIN + 2e-6;
  const isTrailing = trailing_stop_pct !== undefined && trail !== undefined;
  return {
    sign,
    loss:
      stop_loss_pct === undefined
        ? Number.NEGATIVE_INFINITY
        : sign * cost * (1 - (sign * stop_loss_pct) / 100) + slack,
    profit:
      take_profit_pct === undefined
        ? Number.POSITIVE_INFINITY
        : sign * cost * (1 + (sign * take_profit_pct) / 100) - slack,
    best: isTrailing ? sign * Money.toNumber(trail) : Number.NEGATIVE_INFINITY,
    kept: isTrailing ? 1 - (sign * trailing_stop_pct) / 100 : Number.NaN,
  };
};

/** The first of the bars `from` to `to` at which a stop may be hit, else `to`. */
export const firstHit = (watch: StopWatch, close: Float64Array, from: number, to: number): number => {
  const { sign, loss, profit, kept } = watch;
  let { best } = watch;
  for (let index = from; index < to; index++) {
    const price = sign * (close[index] ?? 0);
    if (price <= loss || price >= profit) return index;
    if (price > best) {
      best = price;
    } else if (price <= best * kept + Math.abs(best) * MARGIN + 2e-6) {
      return index;
    }
  }
  return to;
};

/** The same for one price, the best one being known. */
export const mayHit = (watch: StopWatch, close: number): boolean => {
  const price = watch.sign * close;
  return (
    price <= watch.loss ||
    price >= watch.profit ||
    price <= watch.best * watch.kept + Math.abs(watch.best) * MARGIN + 2e-6
  );
};
