import { MS_PER_DAY } from "../Guard.ts";
import { dayEnd } from "./DayEnd.ts";
import type { Drawn } from "./Drawn.ts";
import type { Fall } from "./Fall.ts";
import { deeper, longer } from "./Fall.ts";

/**
 * An equity curve as it is drawn, a sample or a stretch of bars at a time, without keeping the samples: powers of its
 * returns, its worst falls, its days. Equity is float64 in units of currency; instants are ms since the epoch and move
 * forward.
 *
 * The powers are about zero, not about the mean: a bar's return is so small beside its spread that nothing is lost,
 * and where it is not (see `Performance`) there is no spread to speak of.
 */
export class Curve {
  /** The last sample. */
  last = 0;
  /** Samples so far. */
  samples = 0;
  #first = 0;
  #firstAt = 0;
  #lastAt = 0;
  #total = 0;

  #sum1 = 0;
  #sum2 = 0;
  #sum3 = 0;
  #sum4 = 0;
  /** Of each return times its size: with the squares it tells the falls from the rises, and no branch is mispredicted. */
  #signed = 0;

  #peak = 0;
  #peakAt = 0;
  #trough = 0;
  #troughAt = 0;
  #least = 0;
  #worst: Fall | null = null;
  #longest: Fall | null = null;

  /** The highest sample of the stretch at hand, or its floor. */
  #highest = 0;

  /** When the UTC day of the last sample ends, and the equity it began with. */
  #dayEndsAt = 0;
  #dayStart = 0;
  readonly #days: Array<number> = [];

  readonly #start: number | null;

  /** `start`: what there was before the first sample, if that is known. */
  constructor(start: number | null = null) {
    this.#start = start;
  }

  /** One sample. */
  point(equity: number, at: number): void {
    if (this.samples === 0) this.#begin(equity, at);
    if (at >= this.#dayEndsAt) this.#beginDay(at);
    const change = (equity - this.last) / this.last;
    const square = change * change;
    this.#sum1 += change;
    this.#sum2 += square;
    this.#sum3 += square * change;
    this.#sum4 += square * square;
    this.#signed += change * Math.abs(change);
    this.samples += 1;
    this.#total += equity;
    this.last = equity;
    this.#lastAt = at;
    this.#level(equity, at);
  }

  /** A sample at the equity of the last one for each of the bars `from` to `to` (exclusive). */
  flat(at: Float64Array, from: number, to: number): void {
    for (let index = from; index < to; index = dayEnd(at, index, to, this.#dayEndsAt)) {
      this.#beginDayOf(at[index] ?? 0);
    }
    this.samples += to - from;
    this.#total += (to - from) * this.last;
    this.#lastAt = at[to - 1] ?? this.#lastAt;
    // A fall begins at the last sample at its peak.
    if (this.last >= this.#peak) this.#peakAt = this.#lastAt;
  }

  /**
   * A sample for each of the bars `from` to `to` (exclusive), `cash + qty × close`. Tells whether one
   * of them is above `floor`. There must have been a sample before.
   */
  stretch(
    close: Float64Array,
    at: Float64Array,
    from: number,
    to: number,
    cash: number,
    qty: number,
    floor: number,
  ): boolean {
    this.#highest = floor;
    for (let index = from; index < to; ) {
      this.#beginDayOf(at[index] ?? 0);
      index = this.#run(close, at, index, dayEnd(at, index, to, this.#dayEndsAt), cash, qty);
    }
    return this.#highest > floor;
  }

  /** What it has come to so far. */
  drawn(): Drawn {
    const fall = this.#fall(null);
    return {
      samples: this.samples,
      first: this.#first,
      last: this.last,
      firstAt: this.#firstAt,
      lastAt: this.#lastAt,
      meanEquity: this.#total / this.samples,
      isRuined: this.#least <= 0 || this.#trough <= 0,
      count: Math.max(0, this.samples - 1),
      sum1: this.#sum1,
      sum2: this.#sum2,
      sum3: this.#sum3,
      sum4: this.#sum4,
      downside: (this.#sum2 - this.#signed) / 2,
      days: this.samples === 0 ? [] : [...this.#days, this.last / this.#dayStart - 1],
      maxDrawdown: deeper(this.#worst, fall),
      longestDrawdown: longer(this.#longest, fall, this.#lastAt),
    };
  }

  /**
   * The hot loop of a backtest that holds a position: nothing allocated, nothing called, nothing written but locals.
   * Gives back where it stopped: after a bar that recovers from a fall, or at the
   * end of the UTC day.
   */
  #run(close: Float64Array, at: Float64Array, from: number, to: number, cash: number, qty: number): number {
    let previous = this.last;
    let peak = this.#peak;
    let trough = this.#trough;
    let peakIndex = -1;
    let troughIndex = -1;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    let sum4 = 0;
    let signed = 0;
    let total = 0;
    let highest = this.#highest;
    let index = from;
    let isRecovered = false;
    for (; index < to; index++) {
      const equity = cash + qty * (close[index] ?? 0);
      const change = (equity - previous) / previous;
      const square = change * change;
      sum1 += change;
      sum2 += square;
      sum3 += square * change;
      sum4 += square * square;
      signed += change * Math.abs(change);
      total += equity;
      previous = equity;
      if (equity > highest) highest = equity;
      if (equity >= peak) {
        if (trough < peak) {
          isRecovered = true;
          index += 1;
          break;
        }
        peak = equity;
        trough = equity;
        peakIndex = index;
      } else if (equity < trough) {
        trough = equity;
        troughIndex = index;
      }
    }
    this.#sum1 += sum1;
    this.#sum2 += sum2;
    this.#sum3 += sum3;
    this.#sum4 += sum4;
    this.#signed += signed;
    this.#total += total;
    this.samples += index - from;
    this.last = previous;
    this.#lastAt = at[index - 1] ?? this.#lastAt;
    this.#highest = highest;
    if (peakIndex >= 0) this.#peakAt = at[peakIndex] ?? 0;
    if (troughIndex >= 0) this.#troughAt = at[troughIndex] ?? 0;
    this.#peak = peak;
    this.#trough = trough;
    if (isRecovered) this.#level(previous, this.#lastAt);
    return index;
  }

  /** The first sample may be below the start: something was bought on the first bar, and that has its costs. */
  #begin(equity: number, at: number): void {
    const start = this.#start ?? equity;
    this.#first = start;
    this.#firstAt = at;
    this.last = equity;
    this.#peak = start;
    this.#peakAt = at;
    this.#trough = start;
    this.#least = start;
    this.#dayStart = start;
    this.#dayEndsAt = (Math.floor(at / MS_PER_DAY) + 1) * MS_PER_DAY;
  }

  #beginDayOf(at: number): void {
    if (at >= this.#dayEndsAt) this.#beginDay(at);
  }

  #beginDay(at: number): void {
    this.#days.push(this.last / this.#dayStart - 1);
    this.#dayStart = this.last;
    this.#dayEndsAt = (Math.floor(at / MS_PER_DAY) + 1) * MS_PER_DAY;
  }

  #level(equity: number, at: number): void {
    if (equity >= this.#peak) {
      if (this.#trough < this.#peak) {
        const fall = this.#fall(at);
        if (this.#trough < this.#least) this.#least = this.#trough;
        this.#worst = deeper(this.#worst, fall);
        this.#longest = longer(this.#longest, fall, at);
      }
      this.#peak = equity;
      this.#trough = equity;
      this.#peakAt = at;
    } else if (equity < this.#trough) {
      this.#trough = equity;
      this.#troughAt = at;
    }
  }

  #fall(recoveredAt: number | null): Fall | null {
    return this.#trough >= this.#peak
      ? null
      : {
          size: (this.#peak - this.#trough) / this.#peak,
          peakAt: this.#peakAt,
          troughAt: this.#troughAt,
          recoveredAt,
        };
  }
}
