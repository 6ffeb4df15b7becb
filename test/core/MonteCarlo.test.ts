import { Backtest, Money, MonteCarlo } from "@strom/core";
import { Result } from "effect";
import * as fc from "fast-check";
import { assert, describe, it } from "vitest";
import { walk } from "./backtest/Walks.ts";

const result = (options: MonteCarlo.Options): MonteCarlo.MonteCarlo => {
  const found = MonteCarlo.run(options);
  if (found === null) throw new Error("no result");
  return found;
};

const returns = fc.array(fc.double({ min: -0.5, max: 0.5, noNaN: true }), { minLength: 2, maxLength: 60 });

describe("trades drawn again", () => {
  it("come out alike for a seed, and otherwise for another", () => {
    const trades = [0.1, -0.05, 0.02, -0.01, 0.03];
    assert.deepEqual(result({ returns: trades, seed: 1 }), result({ returns: trades, seed: 1 }));
    assert.notDeepEqual(result({ returns: trades, seed: 1 }), result({ returns: trades, seed: 2 }));
  });

  it("have bands in order, within what the best and the worst trade allow", () => {
    fc.assert(
      fc.property(returns, (trades) => {
        const { growth, maxDrawdown, lossProbability, path } = result({ returns: trades, runs: 50 });
        for (const { p5, p25, p50, p75, p95 } of [growth, maxDrawdown, ...path]) {
          assert.isTrue(p5 <= p25 && p25 <= p50 && p50 <= p75 && p75 <= p95);
        }
        const limit = (trade: number) => (1 + trade) ** trades.length;
        assert.isAtLeast(growth.p5, limit(Math.min(...trades)) * (1 - 1e-9));
        assert.isAtMost(growth.p95, limit(Math.max(...trades)) * (1 + 1e-9));
        assert.isTrue(lossProbability >= 0 && lossProbability <= 1);
        assert.isTrue(maxDrawdown.p95 < 1);
      }),
    );
  });

  it("say what is certain when every trade is the same", () => {
    const { growth, maxDrawdown, lossProbability } = result({ returns: [0.01, 0.01, 0.01] });
    assert.approximately(growth.p5, 1.01 ** 3, 1e-12);
    assert.equal(growth.p5, growth.p95);
    assert.deepEqual([maxDrawdown.p95, lossProbability], [0, 0]);
  });

  it("have the mean that resampling has: that of the trades, compounded", () => {
    const trades = [0.2, -0.1];
    const { growth } = result({ returns: trades, runs: 20_000 });
    // Of two draws: both up 1.44, one each 1.08 twice, both down 0.81.
    assert.deepEqual(
      [growth.p5, growth.p50, growth.p95].map((value) => Math.round(value * 100)),
      [81, 108, 144],
    );
  });

  it("begin their path at one and end it at the growth", () => {
    const { growth, path } = result({ returns: Array.from({ length: 200 }, (_, i) => (i % 3) / 100 - 0.01) });
    assert.equal(path.length, 51);
    assert.deepEqual(path[0], { trade: 0, p5: 1, p25: 1, p50: 1, p75: 1, p95: 1 });
    assert.deepEqual(path[50], { trade: 200, ...growth });
  });

  it("tell nothing of fewer than two", () => {
    assert.isNull(MonteCarlo.run({ returns: [] }));
    assert.isNull(MonteCarlo.run({ returns: [0.1] }));
  });

  it("refuse what cannot be drawn, by name", () => {
    for (const odd of ["{}", "null", '{"returns":5}']) {
      assert.throws(
        () => MonteCarlo.run(JSON.parse(odd)),
        RangeError,
        /^returns: a list of what each trade made/,
      );
    }
    assert.throws(() => MonteCarlo.run({ returns: [0.1, Number.NaN] }), /returns\[1\] is NaN/);
    assert.throws(() => MonteCarlo.run({ returns: [0.1, 0.2], runs: 0 }), /0 runs of 2 trades/);
    assert.throws(() => MonteCarlo.run({ returns: [0.1, 0.2], runs: 1e9 }), /at most 1000000000 draws/);
  });

  it("compound, in their own order, to what a backtest closed with", () => {
    const options = { bars: [walk(800)], strategies: [{ strategy: "ema_crossover" }] };
    const { plan, roundTrips } = Result.getOrThrow(Backtest.run(options));
    const growth = MonteCarlo.returnsOf(plan.spec.capital, roundTrips).reduce(
      (product, made) => product * (1 + made),
      1,
    );
    const closed = roundTrips.reduce((sum, trip) => sum + Money.toNumber(trip.pnl), 0);
    assert.approximately(growth, 1 + closed / Money.toNumber(plan.spec.capital), 1e-12);
  });
});
