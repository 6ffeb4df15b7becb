import { Data, Result, Schema } from "effect";

/**
 * Prices of one symbol folded over an interval. Prices are float64, each exactly a `Price` (at most 6 decimals).
 *
 * The interval is `[from, to)`: a price at `from` is inside, a price at `to` belongs to the next bar. So a file's
 * bar stamped T over I milliseconds is `[T, T + I)`, its open at T and its close at T + I - 1 are both inside,
 * and the slot at T + I folds exactly that bar.
 */
export interface Bar {
  readonly symbol: string;
  /** Start of the interval, inclusive; ms since the epoch. */
  readonly from: number;
  /** End of the interval, exclusive; ms since the epoch. The instant of the slot that saw this bar. */
  readonly to: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Units traded inside, 0 when unknown. */
  readonly volume: number;
  /** Prices folded. 0 means stale: nothing was priced inside, all four repeat the last known price. */
  readonly ticks: number;
}

/** One price in time, as `fold` takes it. */
export interface Tick {
  readonly at: number;
  readonly price: number;
  readonly volume?: number;
}

/** A bar that cannot be: which field, what it holds, what would be right. */
export class BarInvalid extends Data.TaggedError("BarInvalid")<{
  readonly field: keyof Bar;
  readonly value: string;
  readonly reason: string;
}> {
  override get message(): string {
    return `${this.field} is ${this.value}: ${this.reason}`;
  }
}

/** The bar of the prices within `[from, to)`, taken in the order given; `null` when there is none. */
export const fold = (symbol: string, from: number, to: number, prices: Iterable<Tick>): Bar | null => {
  let open = 0;
  let high = 0;
  let low = 0;
  let close = 0;
  let volume = 0;
  let ticks = 0;
  for (const { at, price, volume: traded } of prices) {
    if (at < from || at >= to) continue;
    if (ticks === 0) {
      open = price;
      high = price;
      low = price;
    }
    if (price > high) high = price;
    if (price < low) low = price;
    close = price;
    volume += traded ?? 0;
    ticks += 1;
  }
  return ticks === 0 ? null : { symbol, from, to, open, high, low, close, volume, ticks };
};

/** The bar of an interval in which nothing was priced: the last known price, flagged by `ticks: 0`. */
export const stale = (symbol: string, from: number, to: number, price: number): Bar => ({
  symbol,
  from,
  to,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: 0,
  ticks: 0,
});

export const isStale = (bar: Bar): boolean => bar.ticks === 0;

/** Positive and finite prices, low ≤ open, close ≤ high, time forward, and not before the end of `previous`. */
export const validate = (bar: Bar, previous?: Bar): Result.Result<Bar, BarInvalid> => {
  const refuse = (field: keyof Bar, reason: string) =>
    Result.fail(new BarInvalid({ field, value: String(bar[field]), reason }));
  if (bar.symbol === "") return refuse("symbol", "a name is needed");
  for (const field of ["open", "high", "low", "close"] as const) {
    if (!(Number.isFinite(bar[field]) && bar[field] > 0))
      return refuse(field, "a finite price above zero is needed");
  }
  if (!(Number.isFinite(bar.volume) && bar.volume >= 0)) return refuse("volume", "zero or more is needed");
  if (!(Number.isInteger(bar.ticks) && bar.ticks >= 0)) return refuse("ticks", "a count is needed");
  if (bar.low > bar.high) return refuse("low", `at most the high of ${bar.high} is needed`);
  for (const field of ["open", "close"] as const) {
    if (bar[field] < bar.low || bar[field] > bar.high) {
      return refuse(field, `a price between the low of ${bar.low} and the high of ${bar.high} is needed`);
    }
  }
  if (!Number.isInteger(bar.from)) return refuse("from", "whole milliseconds are needed");
  if (!Number.isInteger(bar.to)) return refuse("to", "whole milliseconds are needed");
  if (bar.to <= bar.from) return refuse("to", `an instant after from (${bar.from}) is needed`);
  if (previous !== undefined && bar.from < previous.to) {
    return refuse("from", `the bar before ends at ${previous.to}: time must move forward`);
  }
  return Result.succeed(bar);
};

const positive = Schema.Finite.check(Schema.isGreaterThan(0));
const count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0));

/** The JSON form: the same fields, decoded strictly enough for rows and messages of ours. */
export const Bar = Schema.Struct({
  symbol: Schema.String,
  from: Schema.Int,
  to: Schema.Int,
  open: positive,
  high: positive,
  low: positive,
  close: positive,
  volume: Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)),
  ticks: count,
});
