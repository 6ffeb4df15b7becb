import { assert, describe, it } from "@effect/vitest";
import type { Bar } from "@strom/core";
import {
  Adx,
  Atr,
  Bollinger,
  Donchian,
  Ema,
  Keltner,
  Macd,
  Obv,
  Roc,
  Rsi,
  Sma,
  StandardDeviation,
  Stochastic,
  Vwap,
  Wma,
  ZScore,
} from "@strom/core";
import technical from "technicalindicators";
import * as signals from "trading-signals";
import { requires } from "../../servers/Needs.ts";
import type { Dataset } from "./Candles.ts";
import { generated, recorded } from "./Candles.ts";

type Output = number | object | null | undefined;

/** Folds an indicator over bars, its state through JSON at every hundredth. */
const fold = <S, I>(
  indicator: { next(state: S, input: I): readonly [S, Output] },
  start: S,
  inputs: ReadonlyArray<I>,
): Array<Output> => {
  let state = start;
  return inputs.map((input, index) => {
    const [next, output] = indicator.next(state, input);
    state = index % 100 === 0 ? JSON.parse(JSON.stringify(next)) : next;
    return output;
  });
};

const numbers = (output: Output): ReadonlyArray<number> =>
  typeof output === "number"
    ? [output]
    : Object.keys(output ?? {})
        .sort()
        .map((key) => Reflect.get(output ?? {}, key));

/**
 * Equal to 1e-9 of the larger value; where a result is itself a small difference of large numbers (`scale`), to
 * 1e-12 of those.
 */
const agree = (ours: ReadonlyArray<Output>, theirs: ReadonlyArray<Output>, scale: ReadonlyArray<number>) => {
  let compared = 0;
  let biggest = 0;
  ours.forEach((our, index) => {
    biggest = Math.max(biggest, scale[index] ?? 0);
    const their = theirs[index];
    if (our === null || our === undefined || their === null || their === undefined) return;
    const [a, b] = [numbers(our), numbers(their)];
    assert.strictEqual(a.length, b.length);
    a.forEach((x, place) => {
      const y = b[place] ?? Number.NaN;
      const tolerance = Math.max(1e-9 * Math.abs(y), 1e-12 * biggest);
      if (!(Math.abs(x - y) <= tolerance)) assert.fail(`at ${index}: ${x}, but the library has ${y}`);
    });
    compared += 1;
  });
  return compared;
};

const firstOf = (outputs: ReadonlyArray<Output>) => outputs.findIndex((output) => output !== null);

const closes = (bars: ReadonlyArray<Bar.Bar>) => bars.map((bar) => bar.close);

/** The library's results, aligned to the end: it leaves out what is not warm. */
const tail = <A>(results: ReadonlyArray<A>, length: number): ReadonlyArray<A | null> => [
  ...Array.from({ length: length - results.length }, () => null),
  ...results,
];

const agreement = ({ bars }: Dataset) => {
  const values = closes(bars);
  const percent = values.map(() => 100);
  const LENGTHS = [1, 2, 14, 50, 1_000, 5_000].filter((length) => length < bars.length);

  it.each(LENGTHS)("SMA, EMA and WMA of %i equal trading-signals", (length) => {
    for (const [ours, theirs] of [
      [fold(Sma, Sma.init(length), values), new signals.SMA(length)],
      [fold(Wma, Wma.init(length), values), new signals.WMA(length)],
      [fold(Ema, Ema.init(length), values), new signals.EMA(length)],
    ] as const) {
      assert.strictEqual(firstOf(ours), length - 1);
      assert.strictEqual(
        agree(
          ours,
          theirs.updates(values),
          values.map(() => 0),
        ),
        values.length - length + 1,
      );
    }
  });

  it.each(LENGTHS)("the series of %i are the steps, bit for bit", (length) => {
    const columns = Float64Array.from(values);
    const same = (series: Float64Array, steps: ReadonlyArray<Output>) =>
      assert.deepStrictEqual(
        Array.from(series),
        steps.map((step) => (step === null ? Number.NaN : step)),
      );
    same(Sma.series(columns, length), fold(Sma, Sma.init(length), values));
    same(Wma.series(columns, length), fold(Wma, Wma.init(length), values));
    same(Ema.series(columns, length), fold(Ema, Ema.init(length), values));
    same(Rsi.series(columns, length), fold(Rsi, Rsi.init(length), values));
    same(Roc.series(columns, length), fold(Roc, Roc.init(length), values));
    same(
      StandardDeviation.series(columns, length),
      fold(StandardDeviation, StandardDeviation.init(length), values),
    );
  });

  it.each(LENGTHS.filter((length) => length > 1 && length <= 1_000))(
    "RSI, ATR and ROC of %i equal trading-signals",
    (length) => {
      const rsi = fold(Rsi, Rsi.init(length), values);
      assert.strictEqual(firstOf(rsi), length);
      // Where nothing has moved, ours says 50 and theirs 100.
      const moved = rsi.map((value) => (value === 50 ? null : value));
      assert.isAbove(agree(moved, new signals.RSI(length).updates(values), percent), 0);
      const atr = fold(Atr, Atr.init(length), bars);
      assert.strictEqual(firstOf(atr), length - 1);
      agree(atr, new signals.ATR(length).updates([...bars]), values);
      const roc = fold(Roc, Roc.init(length), values);
      assert.strictEqual(firstOf(roc), length);
      const theirs = new signals.ROC(length)
        .updates(values)
        .map((value) => (value === null ? null : 100 * value));
      agree(roc, theirs, percent);
    },
  );

  it.each(LENGTHS)("deviation, Bollinger bands and z-score of %i equal trading-signals", (length) => {
    const theirs = new signals.BollingerBands(length, 2.5).updates(values);
    const ours = fold(Bollinger, Bollinger.init({ length, deviations: 2.5 }), values);
    assert.strictEqual(firstOf(ours), length - 1);
    agree(ours, theirs, values);
    const deviations = fold(StandardDeviation, StandardDeviation.init(length), values);
    agree(
      deviations,
      theirs.map((bands) => (bands === null ? null : (bands.upper - bands.middle) / 2.5)),
      values,
    );
    const scores = fold(ZScore, ZScore.init(length), values);
    const theirScores = theirs.map((bands, index) => {
      const deviation = bands === null ? 0 : (bands.upper - bands.middle) / 2.5;
      // Below this the library's deviation is rounding noise of a flat window; ours is exactly 0 there.
      const noise = 1e-6 * (values[index] ?? 0);
      return bands === null || deviation <= noise ? null : ((values[index] ?? 0) - bands.middle) / deviation;
    });
    agree(
      scores,
      theirScores,
      values.map(() => 1e3),
    );
  });

  it("MACD equals trading-signals", () => {
    const ours = fold(Macd, Macd.init({ fast: 12, slow: 26, signal: 9 }), values);
    assert.strictEqual(firstOf(ours), 26 + 9 - 2);
    const { MACD, EMA } = signals;
    agree(ours, new MACD(new EMA(12), new EMA(26), new EMA(9)).updates(values), values);
  });

  it.each([1, 20, 250])("Donchian channels of %i equal trading-signals", (length) => {
    const ours = fold(Donchian, Donchian.init(length), bars);
    const compared = agree(
      ours,
      new signals.DonchianChannels(length).updates([...bars]),
      values.map(() => 0),
    );
    assert.strictEqual(compared, bars.length - length + 1);
  });

  it("the stochastic oscillator equals trading-signals where there is a range", () => {
    const ours = fold(Stochastic, Stochastic.init({ length: 14, slowing: 3, signal: 3 }), bars);
    assert.strictEqual(firstOf(ours), 14 + 3 + 3 - 3);
    const theirs = new signals.StochasticOscillator({ kPeriod: 14, kSlowingPeriod: 3, dPeriod: 3 });
    const clear = theirs
      .updates([...bars])
      .map((result, index) =>
        result === null || hasFlatWindow(bars, index) ? null : { k: result.stochK, d: result.stochD },
      );
    assert.isAbove(agree(ours, clear, percent), bars.length / 4);
  });

  it.each([2, 14, 50])("ADX of %i equals trading-signals", (length) => {
    const ours = fold(Adx, Adx.init(length), bars);
    assert.strictEqual(firstOf(ours), 2 * length - 2);
    const library = new signals.ADX(length);
    const theirs = bars.map((bar) => {
      const adx = library.add(bar);
      const [plus, minus] = [library.pdi, library.mdi];
      if (adx === null || plus === undefined || minus === undefined || Number.isNaN(adx)) return null;
      return { adx, plus: 100 * Number(plus), minus: 100 * Number(minus) };
    });
    agree(ours, theirs, percent);
  });

  it("VWAP and OBV equal trading-signals", () => {
    agree(
      fold(Vwap, Vwap.init(), bars),
      new signals.VWAP().updates([...bars]),
      values.map(() => 0),
    );
    const obv = fold(Obv, Obv.init(), bars);
    assert.strictEqual(firstOf(obv), 1);
    agree(
      obv,
      new signals.OBV(2).updates([...bars]),
      bars.map((bar) => bar.volume * 1e3),
    );
  });

  it("Keltner channels equal trading-signals", () => {
    const ours = fold(Keltner, Keltner.init({ length: 20, atrLength: 10, multiplier: 2 }), bars);
    assert.strictEqual(firstOf(ours), 19);
    agree(
      ours,
      new signals.KeltnerChannels().updates([...bars]),
      values.map(() => 0),
    );
  });

  it("a second library agrees where it defines the same thing", () => {
    const count = values.length;
    agree(
      fold(Sma, Sma.init(20), values),
      tail(technical.SMA.calculate({ period: 20, values }), count),
      values,
    );
    agree(
      fold(Wma, Wma.init(20), values),
      tail(technical.WMA.calculate({ period: 20, values }), count),
      values,
    );
    agree(
      fold(Roc, Roc.init(12), values),
      tail(technical.ROC.calculate({ period: 12, values }), count),
      percent,
    );
    const bands = technical.BollingerBands.calculate({ period: 20, stdDev: 2, values });
    const theirs = bands.map(({ upper, middle, lower }) => ({ upper, middle, lower }));
    agree(
      fold(Bollinger, Bollinger.init({ length: 20, deviations: 2 }), values),
      tail(theirs, count),
      values,
    );
  });
};

/** Whether a window of 14 bars that a smoothed oscillator still remembers had no range. */
const hasFlatWindow = (bars: ReadonlyArray<Bar.Bar>, index: number): boolean => {
  for (let end = Math.max(0, index - 6); end <= index; end++) {
    const window = bars.slice(Math.max(0, end - 13), end + 1);
    const top = Math.max(...window.map(({ high }) => high));
    if (top === Math.min(...window.map(({ low }) => low))) return true;
  }
  return false;
};

describe.each(generated)("on the $name", agreement);

requires("market-data", "on recorded prices", () => {
  for (const dataset of recorded()) describe(dataset.name, () => agreement(dataset));
});
