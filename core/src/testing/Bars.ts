import * as fc from "fast-check";
import type { Bar } from "../Bar.ts";
import { MAX_PRICE } from "../Money.ts";

/** Arbitrary series of bars, valid by `Bar.validate`: positive, on the 1e-6 grid, forward in time. */

export interface Options {
  /** Default 1. */
  readonly minLength?: number;
  /** Default 100. */
  readonly maxLength?: number;
  /**
   * `hostile` (default): gaps, flat stretches, jumps of up to 10⁶, one-tick prices, bars without volume.
   * `calm`: a market that moves by a few percent a bar.
   */
  readonly mood?: "hostile" | "calm";
  readonly symbol?: string;
}

/** Prices as counts of a millionth: whole numbers that a float64 counts one by one. */
const MICRO_MAX = Number(MAX_PRICE);

const clamp = (micro: number): number => Math.min(MICRO_MAX, Math.max(1, Math.round(micro)));

/** `[kind, size]`: one bar as a step from the last; the simplest, `[0, 0]`, is a flat one. */
type Move = readonly [kind: number, size: number];

interface Shape {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Intervals without a bar before this one. */
  readonly pause: number;
  readonly volume: number;
}

const flat = (price: number, volume: number): Shape => ({
  open: price,
  high: price,
  low: price,
  close: price,
  pause: 0,
  volume,
});

/** A bar from `open` to `close` whose wicks reach `wick` (a ratio) beyond both. */
const spread = (open: number, close: number, wick: number, volume: number): Shape => ({
  open,
  close,
  high: clamp(Math.max(open, close) * (1 + wick)),
  low: clamp(Math.min(open, close) * (1 - wick)),
  pause: 0,
  volume,
});

const JUMPS = [10, 100, 1e3, 1e4, 1e5, 1e6];
const jump = (size: number): number => JUMPS[size % JUMPS.length] ?? 10;

/** `size` is 0..999. The first six kinds are calm. */
const shapeOf = (last: number, [kind, size]: Move): Shape => {
  const part = size / 1000;
  switch (kind) {
    case 0:
      return flat(last, 1 + size);
    case 1:
    case 2:
      return spread(last, clamp(last * (1 + part * 0.03)), part * 0.01, 1 + size);
    case 3:
    case 4:
      return spread(last, clamp(last * (1 - part * 0.03)), part * 0.01, 1 + size);
    case 5:
      return spread(last, clamp(last * (1 + (part - 0.5) * 0.01)), 0.02, 1 + size);
    case 6:
      return { ...spread(clamp(last * (0.9 + part * 0.2)), last, 0, 1), pause: 1 + size };
    case 7:
      return spread(last, clamp(last * jump(size)), 0, 1e9);
    case 8:
      return spread(last, clamp(last / jump(size)), 0, 1e9);
    case 9:
      return spread(last, clamp(last + (size % 3) - 1), 0, 0);
    case 10:
      return { ...flat(last, 0), pause: size % 5 };
    default:
      // Now and then it closes where it opened, or nobody traded, or both.
      return spread(
        last,
        size % 4 === 0 ? last : clamp(last * (0.5 + part)),
        0.9 * part,
        size % 3 === 0 ? 0 : size,
      );
  }
};

const HOSTILE_KINDS = 12;
const CALM_KINDS = 6;

/** Series begin on one of many days from 2018-04-04: what a strategy cached of one tells nothing of another. */
const FIRST_DAY = 17_625;
const DAYS = 4000;
const MS_PER_DAY = 86_400_000;

/** The bars that moves describe, from a first price in millionths. */
const build = (
  symbol: string,
  begin: number,
  intervalMs: number,
  first: number,
  moves: ReadonlyArray<Move>,
): ReadonlyArray<Bar> => {
  let last = first;
  let from = begin;
  return moves.map((move) => {
    const shape = shapeOf(last, move);
    from += shape.pause * intervalMs;
    const bar: Bar = {
      symbol,
      from,
      to: from + intervalMs,
      open: shape.open / 1e6,
      high: shape.high / 1e6,
      low: shape.low / 1e6,
      close: shape.close / 1e6,
      volume: shape.volume,
      ticks: 1 + move[0],
    };
    last = shape.close;
    from += intervalMs;
    return bar;
  });
};

const firstPrice = (mood: "hostile" | "calm"): fc.Arbitrary<number> =>
  mood === "calm"
    ? fc.constantFrom(100e6, 7_424_910_000, 1_084_750)
    : fc.constantFrom(100e6, 1, 2, 1e6, 7_424_910_000, 1_084_750, 123_456_789, MICRO_MAX);

/** A series of one symbol. */
export const bars = (options: Options = {}): fc.Arbitrary<ReadonlyArray<Bar>> => {
  const mood = options.mood ?? "hostile";
  const kinds = mood === "calm" ? CALM_KINDS : HOSTILE_KINDS;
  const move = fc.tuple(fc.nat(kinds - 1), fc.nat(999));
  const moves = fc.array(move, {
    minLength: options.minLength ?? 1,
    maxLength: options.maxLength ?? 100,
    size: "max",
  });
  return fc
    .tuple(fc.nat(DAYS), fc.constantFrom(60_000, 1000, 3_600_000, 86_400_000), firstPrice(mood), moves)
    .map(([day, intervalMs, first, steps]) =>
      build(options.symbol ?? "TEST", (FIRST_DAY + day) * MS_PER_DAY, intervalMs, first, steps),
    );
};

/** The closes of such a series. */
export const prices = (options: Options = {}): fc.Arbitrary<ReadonlyArray<number>> =>
  bars(options).map((series) => series.map((bar) => bar.close));

/** All prices times `factor`; exact for a power of two. */
export const scale = (series: ReadonlyArray<Bar>, factor: number): ReadonlyArray<Bar> =>
  series.map((bar) => ({
    ...bar,
    open: bar.open * factor,
    high: bar.high * factor,
    low: bar.low * factor,
    close: bar.close * factor,
  }));

/** The largest power of two, at most 256, that keeps every price of the series a price. */
export const scaleRoom = (series: ReadonlyArray<Bar>): number => {
  const top = series.reduce((high, bar) => Math.max(high, bar.high), 0);
  let factor = 1;
  while (factor < 256 && top * factor * 2 <= MICRO_MAX / 1e6) factor *= 2;
  return factor;
};

/** The same times with the prices in reverse order: another symbol of the same slots. */
export const companion = (series: ReadonlyArray<Bar>): ReadonlyArray<Bar> =>
  series.map((bar, i) => {
    const { open, high, low, close, volume } = series[series.length - 1 - i] ?? bar;
    return { ...bar, symbol: `${bar.symbol}-2`, open, high, low, close, volume };
  });

/** The same of the same symbol, as another agent may have been told of it: what was kept by symbol is now of these. */
export const twin = (series: ReadonlyArray<Bar>): ReadonlyArray<Bar> =>
  companion(series).map((bar, i) => ({ ...bar, symbol: series[i]?.symbol ?? bar.symbol }));
