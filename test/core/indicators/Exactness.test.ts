import { assert, describe, it } from "@effect/vitest";
import {
  Adx,
  Atr,
  Bollinger,
  Ema,
  Macd,
  Rsi,
  Sma,
  StandardDeviation,
  Stochastic,
  Vwap,
  Wma,
  ZScore,
} from "@strom/core";
import { prices } from "@strom/core/testing";
import * as fc from "fast-check";

const last = <S, I, O>(
  indicator: { next(state: S, input: I): readonly [S, O] },
  start: S,
  inputs: ReadonlyArray<I>,
): O | null => {
  let state = start;
  let output: O | null = null;
  for (const input of inputs) [state, output] = indicator.next(state, input);
  return output;
};

const price = fc.integer({ min: 1, max: 8_589_934_591_999_999 }).map((micro) => micro / 1e6);
const length = fc.integer({ min: 1, max: 60 });

describe("on a flat series", () => {
  it("every average is the price itself, to the last bit", () => {
    fc.assert(
      fc.property(price, length, (p, n) => {
        const flat = Array.from({ length: n + 5 }, () => p);
        assert.strictEqual(last(Sma, Sma.init(n), flat), p);
        assert.strictEqual(last(Ema, Ema.init(n), flat), p);
        assert.strictEqual(last(Wma, Wma.init(n), flat), p);
        assert.strictEqual(last(StandardDeviation, StandardDeviation.init(n), flat), 0);
        assert.strictEqual(last(ZScore, ZScore.init(n), flat), 0);
        assert.deepStrictEqual(last(Bollinger, Bollinger.init({ length: n, deviations: 2 }), flat), {
          upper: p,
          middle: p,
          lower: p,
        });
        assert.deepStrictEqual(last(Macd, Macd.init({ fast: 1, slow: n + 1, signal: 3 }), flat), {
          macd: 0,
          signal: 0,
          histogram: 0,
        });
      }),
    );
  });

  it("strength, range and direction are those of a market that stands still", () => {
    const bars = Array.from({ length: 50 }, (_, n) => ({ from: n, high: 7, low: 7, close: 7, volume: 0 }));
    assert.strictEqual(
      last(
        Rsi,
        Rsi.init(14),
        bars.map(({ close }) => close),
      ),
      50,
    );
    assert.strictEqual(last(Atr, Atr.init(14), bars), 0);
    assert.deepStrictEqual(last(Adx, Adx.init(14), bars), { adx: 0, plus: 0, minus: 0 });
    assert.deepStrictEqual(last(Stochastic, Stochastic.init({ length: 5, slowing: 3, signal: 3 }), bars), {
      k: 50,
      d: 50,
    });
    assert.isNull(last(Vwap, Vwap.init(), bars));
  });
});

/** Prices of every size there is, each as likely: from a millionth to nearly the largest. */
const ofAnySize = fc
  .tuple(fc.integer({ min: 0, max: 51 }), fc.double({ min: 1, max: 2, maxExcluded: true, noNaN: true }))
  .map(([power, share]) => Math.floor(share * 2 ** power) / 1e6);

const assertForgets = (series: ReadonlyArray<number>, n: number): void => {
  const window = series.slice(-n);
  if (window.length < n) return;
  const spread = StandardDeviation.init(n);
  assert.strictEqual(last(Sma, Sma.init(n), series), last(Sma, Sma.init(n), window));
  assert.strictEqual(last(StandardDeviation, spread, series), last(StandardDeviation, spread, window));
};

describe("a mean", () => {
  it("knows nothing of what left its window, whatever passed through", () => {
    fc.assert(fc.property(prices({ maxLength: 200 }), length, assertForgets));
    fc.assert(fc.property(fc.array(ofAnySize, { maxLength: 200 }), length, assertForgets));
  });

  it("forgets the largest prices there are, and is that of the smallest again", () => {
    const largest = Array.from({ length: 60 }, () => 8_589_934_591.999999);
    const smallest = Array.from({ length: 60 }, () => 0.000001);
    for (let n = 1; n <= 60; n++) {
      assertForgets([10_000, ...largest, 85_899.34592, 0.085899, ...smallest.slice(0, n)], n);
      assertForgets([...smallest, ...largest, ...smallest.slice(0, n)], n);
    }
  });

  it("is the exact mean, rounded once, as fractions tell it", () => {
    fc.assert(
      fc.property(prices({ maxLength: 100 }), length, (series, n) => {
        const window = series.slice(-n);
        const mean = last(Sma, Sma.init(n), series);
        if (mean === null || window.length < n) return;
        // Doubles as exact fractions: every price is a multiple of 2^-72.
        const exact = (x: number): bigint =>
          (BigInt(Math.floor(x)) << 80n) + BigInt((x - Math.floor(x)) * 2 ** 80);
        const total = window.reduce((sum, x) => sum + exact(x), 0n);
        const off = exact(mean) * BigInt(n) - total;
        const ulp = exact(mean) / 2n ** 52n + 1n;
        assert.isTrue((off < 0n ? -off : off) <= (ulp * BigInt(n) * 6n) / 10n);
      }),
    );
  });
});

describe("a length", () => {
  it.each([0, -1, 1.5, Number.NaN, Infinity])("of %d is refused", (n) => {
    for (const init of [Sma.init, Ema.init, Wma.init, Rsi.init, Atr.init, Adx.init, StandardDeviation.init]) {
      assert.throws(() => init(n), RangeError);
    }
    assert.throws(() => Sma.series(new Float64Array(3), n), RangeError);
  });
});

describe("VWAP by the day", () => {
  it("begins anew at UTC midnight", () => {
    const bar = (from: number, close: number) => ({ from, high: close, low: close, close, volume: 2 });
    const day = 86_400_000;
    const series = [bar(0, 10), bar(day - 1, 20), bar(day, 40)];
    assert.strictEqual(last(Vwap, Vwap.init("day"), series.slice(0, 2)), 15);
    assert.strictEqual(last(Vwap, Vwap.init("day"), series), 40);
    assert.strictEqual(last(Vwap, Vwap.init("start"), series), 70 / 3);
  });
});
