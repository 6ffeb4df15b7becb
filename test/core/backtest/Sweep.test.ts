import { Backtest, Catalog, ParameterSpace, Sweep } from "@strom/core";
import { Result } from "effect";
import { assert, describe, it } from "vitest";
import { walk } from "./Walks.ts";

const ema = Catalog.find(Catalog.make(Catalog.builtIn), "ema_crossover");
if (ema === undefined) throw new Error("no ema_crossover");

const space = Result.getOrThrow(
  ParameterSpace.grid(ema, {
    ema_fast: { from: 3, to: 12, step: 3 },
    ema_slow: { from: 10, to: 40, step: 10 },
  }),
);
const options: Sweep.Options = { bars: [walk(1500)], strategy: ema, candidates: space.candidates };

describe("a sweep", () => {
  const sweep = Result.getOrThrow(Sweep.run(options));

  it("tries every set and ranks them by a figure, the best first", () => {
    assert.equal(sweep.rows.length, 15);
    const sharpes = sweep.ranked.map(({ performance }) => performance?.sharpe ?? Number.NaN);
    assert.deepEqual(
      sharpes,
      sharpes.toSorted((a, b) => b - a),
    );
    assert.deepEqual(sweep.best, sweep.ranked[0]);
  });

  it("is found again by a backtest of its best set", () => {
    const again = Backtest.run({
      bars: options.bars,
      strategies: [{ strategy: ema, params: sweep.best?.params }],
    });
    assert.deepEqual(Result.getOrThrow(again).performance, sweep.best?.performance);
  });

  it("comes out alike in whatever order its sets were worked out", () => {
    const rows = space.candidates.map((_, index) => Sweep.evaluate(options, index));
    const shuffled = [...rows.slice(7), ...rows.slice(0, 7)].reverse();
    assert.deepEqual(Sweep.finish(shuffled), sweep);
    assert.equal(Sweep.finish(shuffled).digest, sweep.digest);
  });

  it("on noise is called lucky", () => {
    const { deflatedSharpe, best } = sweep;
    assert.isNotNull(deflatedSharpe);
    assert.isBelow(deflatedSharpe ?? 1, best?.performance?.probabilisticSharpe ?? 0);
  });

  it.each(Sweep.metricNames)("may rank by %s, those without it last", (metric) => {
    const { ranked } = Sweep.finish(sweep.rows, metric);
    const figures = ranked.map(({ performance }) => Sweep.figure(metric, performance));
    const known = figures.filter((value) => value !== null);
    assert.deepEqual(
      figures.slice(0, known.length),
      known.toSorted((a, b) => b - a),
    );
  });

  it.each(Sweep.metricNames)("by %s puts a set that never traded last", (metric) => {
    // Its fast average never leaves the slow one by then: bars enough to warm up, and none to trade.
    const candidates = [{ ema_fast: 3, ema_slow: 1499 }, ...space.candidates.slice(0, 3)];
    const { rows, ranked, best } = Result.getOrThrow(Sweep.run({ ...options, candidates, metric }));
    assert.equal(rows[0]?.performance?.turnover, 0);
    assert.equal(ranked.at(-1)?.index, 0);
    assert.notEqual(best?.index, 0);
    const alone = Result.getOrThrow(Sweep.run({ ...options, candidates: candidates.slice(0, 1), metric }));
    assert.isNull(alone.best);
  });

  it("by profit factor puts a set with winners and no loser first", () => {
    const rows = sweep.rows.slice(0, 3).map((row) => {
      if (row.index !== 1 || row.performance === null) return row;
      const trips = { ...row.performance.trips, wins: 2, losses: 0, profitFactor: null };
      return { ...row, performance: { ...row.performance, trips } };
    });
    const { best } = Sweep.finish(rows, "profit_factor");
    assert.equal(best?.index, 1);
    assert.isNull(best?.performance?.trips.profitFactor);
  });

  it("says of a set why it could not be run, and goes on", () => {
    const candidates = [
      { ema_fast: 3, ema_slow: 2000 },
      { ema_fast: 3, ema_slow: 10 },
      { ema_fast: 9, ema_slow: 4 },
    ];
    const { rows, best } = Result.getOrThrow(Sweep.run({ ...options, candidates }));
    assert.match(rows[0]?.problem ?? "", /1500 bars are too few: ema_crossover is silent on the first 2000/);
    assert.match(rows[2]?.problem ?? "", /ema_fast: .*below/);
    assert.equal(best?.index, 1);
  });

  it("of nothing, or of nothing that runs, is refused", () => {
    const messageOf = (candidates: ReadonlyArray<unknown>) =>
      Result.getOrThrow(Result.flip(Sweep.run({ ...options, candidates }))).message;
    assert.match(messageOf([]), /an empty sweep/);
    assert.match(messageOf(JSON.parse("null")), /^candidates: a list of sets/);
    assert.match(messageOf([{ ema_slow: 5000 }]), /too few/);
  });

  it("gives word after every set", () => {
    const steps = [...Sweep.stream(options)];
    assert.deepEqual(steps.at(-1), { done: 15, of: 15 });
    assert.equal(steps.length, 15);
  });

  it("has a JSON form with the best first", () => {
    const json = JSON.parse(JSON.stringify(Sweep.toJson(sweep)));
    assert.equal(json.ranked.length, 15);
    assert.deepEqual(json.best.params, sweep.best?.params);
    assert.equal(json.best.performance.sharpe, sweep.best?.performance?.sharpe);
  });
});
