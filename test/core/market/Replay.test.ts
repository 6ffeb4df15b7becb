import { assert, describe, it } from "@effect/vitest";
import { Bar, Replay } from "@strom/core";
import { bars } from "@strom/core/testing";
import * as fc from "fast-check";
import { requires } from "../../servers/Needs.ts";
import { recorded } from "../indicators/Candles.ts";

const play = (series: ReadonlyArray<Bar.Bar>): ReadonlyArray<Replay.Tick> => {
  const ticks: Array<Replay.Tick> = [];
  let state = Replay.init;
  for (;;) {
    const [tick, next] = Replay.next({ bars: series }, state);
    if (tick === null) return ticks;
    ticks.push(tick);
    state = JSON.parse(JSON.stringify(next));
  }
};

const foldsBack = (series: ReadonlyArray<Bar.Bar>) => {
  const ticks = play(series);
  assert.lengthOf(ticks, 4 * series.length);
  for (const [index, bar] of series.entries()) {
    // All prices of the record from this bar's neighbourhood: only its own may be folded.
    const near = ticks.slice(Math.max(0, 4 * index - 4), 4 * index + 8);
    assert.deepStrictEqual(Bar.fold(bar.symbol, bar.from, bar.to, near), { ...bar, ticks: 4 });
  }
};

describe("Replay", () => {
  it("becomes the very bars it was made of when folded on the same grid", () => {
    fc.assert(fc.property(bars(), foldsBack));
  });

  it("opens at the start and closes in the last millisecond, the nearer extreme first", () => {
    const bar = {
      symbol: "X",
      from: 60_000,
      to: 120_000,
      open: 10,
      high: 11,
      low: 8,
      close: 9,
      volume: 7,
      ticks: 4,
    };
    assert.deepStrictEqual(
      Replay.prices(bar).map(({ at, price, volume }) => [at, price, volume]),
      [
        [60_000, 10, 0],
        [80_000, 11, 0],
        [100_000, 8, 0],
        [119_999, 9, 7],
      ],
    );
    const lowFirst = Replay.prices({ ...bar, high: 14 });
    assert.deepStrictEqual(
      lowFirst.map(({ price }) => price),
      [10, 8, 14, 9],
    );
  });

  it("moves time forward within every bar, down to four milliseconds", () => {
    const bar = { symbol: "X", from: 0, to: 4, open: 1, high: 1, low: 1, close: 1, volume: 0, ticks: 4 };
    assert.deepStrictEqual(
      Replay.prices(bar).map(({ at }) => at),
      [0, 1, 2, 3],
    );
    assert.throws(() => Replay.prices({ ...bar, to: 3 }), RangeError);
  });

  it("ends, and stays at its end", () => {
    const [tick, state] = Replay.next({ bars: [] }, Replay.init);
    assert.isNull(tick);
    assert.deepStrictEqual(state, Replay.init);
  });
});

requires("market-data", "Replay of recorded prices", () => {
  it.each(recorded())("folds back every bar of $name", ({ bars: series }) => foldsBack(series));
});
