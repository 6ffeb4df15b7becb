import { assert, describe, it } from "@effect/vitest";
import {
  Gbm,
  Instrument,
  JumpDiffusion,
  Market,
  MeanReverting,
  Money,
  Path,
  RegimeSwitching,
} from "@strom/core";
import { Result } from "effect";
import * as fc from "fast-check";

const walk = (market: Market.Market, steps: number) => Market.advance(market, Market.start(market), steps)[0];

const pathOf = (ticks: ReadonlyArray<Path.Tick>, symbol: string) =>
  ticks.filter((tick) => tick.symbol === symbol);

const names = fc.uniqueArray(
  fc.oneof(fc.constantFrom(...Market.symbols), fc.string({ minLength: 1, maxLength: 12 })),
  { minLength: 1, maxLength: 5 },
);

describe("the simulated market", () => {
  it("gives a symbol the same prices whoever else is asked, and in whatever order", () => {
    fc.assert(
      fc.property(names, fc.integer(), (symbols, seed) => {
        const together = walk(Market.make(symbols, seed), 20);
        const reversed = walk(Market.make([...symbols].reverse(), seed), 20);
        for (const symbol of symbols) {
          const alone = walk(Market.make([symbol], seed), 20);
          assert.deepStrictEqual(pathOf(together, symbol), alone);
          assert.deepStrictEqual(pathOf(reversed, symbol), alone);
        }
      }),
    );
  });

  it("resumes bit for bit, from its state as JSON and from nothing but step and prices", () => {
    fc.assert(
      fc.property(names, fc.integer(), fc.integer({ min: 0, max: 300 }), (symbols, seed, steps) => {
        const market = Market.make(symbols, seed);
        const [, state] = Market.advance(market, Market.start(market), steps);
        const prices = new Map(Market.ticks(state).map(({ symbol, price }) => [symbol, price]));
        const stored: Market.State = JSON.parse(JSON.stringify(state));
        const expected = Market.advance(market, state, 150);
        assert.deepStrictEqual(Market.advance(market, stored, 150), expected);
        assert.deepStrictEqual(Market.resume(market, steps, prices), state);
      }),
    );
  });

  it("prices every symbol above zero, on its grid, and exactly as a price can be written", () => {
    fc.assert(
      fc.property(names, fc.integer(), (symbols, seed) => {
        const market = Market.make(symbols, seed);
        for (const { symbol, price } of walk(market, 40)) {
          const { tickSize } = market.instruments.find((one) => one.symbol === symbol)?.params ?? {
            tickSize: 0,
          };
          const micro = Result.getOrThrow(Money.priceFromNumber(price));
          assert.strictEqual(micro % Result.getOrThrow(Money.fromNumber(tickSize)), 0n);
        }
      }),
    );
  });

  it("never changes: a seed is a market", () => {
    const prices = walk(Market.make(["BTC-USD", "SPY", "UNHEARD-OF"], 42), 3).map(({ price }) => price);
    assert.deepStrictEqual(
      prices,
      [65052.33, 560.02, 112.43, 65022.06, 559.9, 112.44, 65106.94, 559.73, 112.45],
    );
  });

  it("is another market under another seed", () => {
    const [a, b] = [walk(Market.make(["SPY"], 1), 50), walk(Market.make(["SPY"], 2), 50)];
    assert.notDeepEqual(a, b);
  });

  it("takes a symbol named twice as one, and one that joins later at its start price", () => {
    const market = Market.make(["SPY", "SPY", "AAPL"], 1);
    assert.lengthOf(market.instruments, 2);
    const joined = Market.resume(market, 500, new Map([["SPY", 432.1]]));
    assert.deepStrictEqual(
      Market.ticks(joined).map(({ price, step }) => [price, step]),
      [
        [432.1, 500],
        [225, 500],
      ],
    );
  });

  it("stays lively and near home for a day of steps", () => {
    const market = Market.make(Market.symbols, 42);
    const ticks = walk(market, 5_000);
    for (const { symbol, params } of market.instruments) {
      const path = pathOf(ticks, symbol).map(({ price }) => price);
      const still = path.filter((price, index) => index > 0 && price === path[index - 1]).length;
      assert.isBelow(still / path.length, 0.1, symbol);
      for (const price of path) assert.isTrue(price > params.start / 3 && price < params.start * 3, symbol);
    }
  });

  it("refuses a state of other symbols", () => {
    const state = Market.start(Market.make(["SPY"], 1));
    assert.throws(() => Market.next(Market.make(["AAPL"], 1), state), RangeError);
  });
});

const base = { start: 100, tickSize: 0.01, drift: 0, volatility: 0.2, reversion: 0, dtSeconds: 86_400 };

const returns = <P>(
  model: { next(params: P, state: Path.State): readonly [Path.Tick, Path.State] },
  params: P,
  start: Path.State,
  steps: number,
) => {
  const out: Array<number> = [];
  let state = start;
  for (let step = 0; step < steps; step++) {
    const before = state.price;
    state = model.next(params, state)[1];
    out.push(state.price / before - 1);
  }
  return { out, last: state.price };
};

const mean = (values: ReadonlyArray<number>) => values.reduce((sum, x) => sum + x, 0) / values.length;
const deviation = (values: ReadonlyArray<number>) => {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((x) => (x - middle) ** 2)));
};

describe("the models", () => {
  it("Brownian motion moves with the volatility and the drift it was given", () => {
    const params = { ...base, start: 1e4, drift: 0.5 };
    const { out } = returns(Gbm, params, Gbm.init(params, 1, "X"), 5_000);
    assert.approximately(deviation(out) * Math.sqrt(365), 0.2, 0.006);
    assert.approximately(mean(out) * 365, 0.5, 0.12);
  });

  it("mean reversion comes home from far away", () => {
    const params = { ...base, reversion: 20 };
    const { last } = returns(MeanReverting, params, Path.at(1, "X", 0, 300), 365);
    assert.approximately(last, 100, 20);
  });

  it("jumps are rare, large, and absent where their chance is zero", () => {
    const params = { ...base, start: 1e6, jumpChance: 0.01, jumpMean: 0, jumpDeviation: 0.2 };
    const large = (chance: number) =>
      returns(
        JumpDiffusion,
        { ...params, jumpChance: chance },
        JumpDiffusion.init(params, 1, "X"),
        5_000,
      ).out.filter((move) => Math.abs(move) > 0.08).length;
    assert.strictEqual(large(0), 0);
    assert.approximately(large(0.01), 35, 20);
  });

  it("regimes change the size of the moves from block to block", () => {
    const regimes = [
      { trend: 0, turbulence: 0.2 },
      { trend: 0, turbulence: 5 },
    ];
    const params = { ...base, start: 1e6, regimes };
    const { out } = returns(RegimeSwitching, params, RegimeSwitching.init(params, 1, "X"), 60 * Path.BLOCK);
    const blocks = Array.from({ length: 59 }, (_, n) =>
      deviation(out.slice((n + 1) * Path.BLOCK, (n + 2) * Path.BLOCK - 1)),
    );
    assert.isAbove(Math.max(...blocks) / Math.min(...blocks), 10);
  });

  it("no parameters bring a price to zero, to NaN, or beyond the largest price", () => {
    const params = fc.record({
      start: fc.constantFrom(0.000001, 0.01, 1, 8e9),
      tickSize: fc.constantFrom(0.000001, 0.05, 1),
      drift: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      volatility: fc.double({ min: 0, max: 1e4, noNaN: true }),
      reversion: fc.double({ min: 0, max: 1e6, noNaN: true }),
      dtSeconds: fc.constantFrom(1, 60, 86_400 * 365),
      jumpChance: fc.double({ min: 0, max: 1, noNaN: true }),
      jumpMean: fc.double({ min: -10, max: 10, noNaN: true }),
      jumpDeviation: fc.double({ min: 0, max: 10, noNaN: true }),
    });
    fc.assert(
      fc.property(params, fc.integer(), (one, seed) => {
        let state = JumpDiffusion.init(one, seed, "X");
        for (let step = 0; step < 50; step++) {
          state = JumpDiffusion.next(one, state)[1];
          assert.isTrue(Result.isSuccess(Money.priceFromNumber(state.price)), String(state.price));
        }
      }),
    );
  });

  it("an unknown symbol gets the same temper every time, and its own", () => {
    assert.deepStrictEqual(Instrument.of("FOO", 1), Instrument.of("FOO", 1));
    assert.notDeepEqual(Instrument.of("FOO", 1).params, Instrument.of("BAR", 1).params);
    assert.notDeepEqual(Instrument.of("FOO", 1).params, Instrument.of("FOO", 2).params);
  });
});
