import type { RoundTrip } from "../backtest/Trade.ts";
import * as Money from "../Money.ts";

/** What the round trips came to, in units of currency, all fees taken off. Null where there are none to speak of. */
export interface TripFigures {
  readonly count: number;
  readonly wins: number;
  readonly losses: number;
  /** Wins over all trips; one that came to nothing is no win. */
  readonly winRate: number | null;
  /** What the winners made over what the losers lost; null without a loser. */
  readonly profitFactor: number | null;
  /** What a trip made on average: Van Tharp, K. (2007), Trade Your Way to Financial Freedom, 2nd ed., chapter 7. */
  readonly expectancy: number | null;
  readonly averageWin: number | null;
  readonly averageLoss: number | null;
  readonly best: number | null;
  readonly worst: number | null;
  /** The most wins, and the most losses, one after the other. */
  readonly winStreak: number;
  readonly lossStreak: number;
  readonly averageHoldMs: number | null;
  readonly fees: number;
}

/** Counts trips one by one: summed exactly, divided once. */
export class Tally {
  #count = 0;
  #wins = 0;
  #losses = 0;
  #gained = 0n;
  #lost = 0n;
  #fees = 0n;
  #heldMs = 0;
  #best = 0n;
  #worst = 0n;
  /** Wins in a row, or losses below zero. */
  #running = 0;
  #winStreak = 0;
  #lossStreak = 0;

  add(pnl: bigint, fees: bigint, heldMs: number): void {
    if (this.#count === 0 || pnl > this.#best) this.#best = pnl;
    if (this.#count === 0 || pnl < this.#worst) this.#worst = pnl;
    this.#count += 1;
    this.#fees += fees;
    this.#heldMs += heldMs;
    if (pnl > 0n) {
      this.#gained += pnl;
      this.#wins += 1;
      this.#running = this.#running > 0 ? this.#running + 1 : 1;
      this.#winStreak = Math.max(this.#winStreak, this.#running);
    } else if (pnl < 0n) {
      this.#lost -= pnl;
      this.#losses += 1;
      this.#running = this.#running < 0 ? this.#running - 1 : -1;
      this.#lossStreak = Math.max(this.#lossStreak, -this.#running);
    } else {
      this.#running = 0;
    }
  }

  figures(): TripFigures {
    const count = this.#count;
    const gained = Money.toNumber(this.#gained);
    const lost = Money.toNumber(this.#lost);
    return {
      count,
      wins: this.#wins,
      losses: this.#losses,
      winRate: ratio(this.#wins, count),
      profitFactor: ratio(gained, lost),
      expectancy: ratio(Money.toNumber(this.#gained - this.#lost), count),
      averageWin: ratio(gained, this.#wins),
      averageLoss: ratio(lost, this.#losses),
      best: count === 0 ? null : Money.toNumber(this.#best),
      worst: count === 0 ? null : Money.toNumber(this.#worst),
      winStreak: this.#winStreak,
      lossStreak: this.#lossStreak,
      averageHoldMs: ratio(this.#heldMs, count),
      fees: Money.toNumber(this.#fees),
    };
  }
}

/** The figures of trips in their order. */
export const of = (trips: ReadonlyArray<RoundTrip>): TripFigures => {
  const tally = new Tally();
  for (const { pnl, fees, openedAt, closedAt } of trips) tally.add(pnl, fees, closedAt - openedAt);
  return tally.figures();
};

const ratio = (a: number, b: number): number | null => (b === 0 ? null : a / b);
