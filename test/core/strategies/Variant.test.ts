import { assert, describe, it } from "@effect/vitest";
import { Backtest, Catalog, Strategy } from "@strom/core";
import { Result } from "effect";
import { walk } from "../backtest/Walks.ts";

const ema = Result.getOrThrow(
  Result.fromNullishOr(
    Catalog.builtIn.find(({ key }) => key === "ema_crossover"),
    () => "no ema_crossover",
  ),
);

const run = (strategy: Strategy.Any) =>
  Result.map(Backtest.run({ bars: [walk(1500)], strategies: [{ strategy }] }), ({ trades }) => trades.length);

describe("a variant of a strategy that was made", () => {
  const silent: Strategy.Any["step"] = (params, state, bar) => [ema.step(params, state, bar)[0], null];

  it("is backtested by its own step, not by the scan of the original", () => {
    assert.isAbove(Result.getOrThrow(run(ema)), 0);
    assert.equal(Result.getOrThrow(run(Strategy.make({ ...ema, key: "silent", step: silent }))), 0);
    const twice = Strategy.make({ ...Strategy.make({ ...ema, key: "same" }), key: "silent", step: silent });
    assert.equal(Result.getOrThrow(run(twice)), 0);
  });

  it("keeps the scan where the step is the same", () => {
    const same = Strategy.make({ ...ema, key: "renamed" });
    assert.equal(Result.getOrThrow(run(same)), Result.getOrThrow(run(ema)));
    assert.isFalse(Strategy.isScanForeign(same));
  });

  it("that was not made again is refused", () => {
    const refused = Result.getOrThrow(Result.flip(run({ ...ema, step: silent })));
    assert.match(refused.message, /a strategy that Strategy\.make made, is needed/);
  });
});
