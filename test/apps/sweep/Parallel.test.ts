import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as StrategyFile from "@strom/adapters/files/StrategyFile.ts";
import * as Scaffold from "@strom/apps/cli/Scaffold.ts";
import * as Parallel from "@strom/apps/sweep/Parallel.ts";
import type { Strategy } from "@strom/core";
import { Catalog, ParameterSpace, Sweep, WalkForward } from "@strom/core";
import { Effect, Result } from "effect";
import { assert, describe, it } from "vitest";
import { walk } from "../../core/backtest/Walks.ts";
import * as Folder from "../../servers/Folder.ts";

const ema = Catalog.find(Catalog.make(Catalog.builtIn), "ema_crossover");
if (ema === undefined) throw new Error("no ema_crossover");

const grid = (strategy: Strategy.Any, axes: ParameterSpace.Axes) =>
  Result.getOrThrow(ParameterSpace.grid(strategy, axes)).candidates;

const options: Sweep.Options = {
  bars: [walk(900), walk(900, 2, "OTHER")],
  strategy: ema,
  candidates: grid(ema, { ema_fast: { from: 3, to: 9 }, ema_slow: [12, 24, 36] }),
};

describe("a sweep on several threads", () => {
  it("has the digest of one on none", async () => {
    const divided = await Effect.runPromise(
      Parallel.sweep({ strategy: ema, file: null }, options, { threads: 2 }),
    );
    assert.equal(Result.getOrThrow(divided).digest, Result.getOrThrow(Sweep.run(options)).digest);
  });

  it("tells how far it is", async () => {
    const told: Array<number> = [];
    const onDone = (done: number, of: number) => told.push(done / of);
    await Effect.runPromise(Parallel.sweep({ strategy: ema, file: null }, options, { threads: 2, onDone }));
    assert.equal(told.at(-1), 1);
  });

  it("finds a strategy of the user's in its file", async () => {
    const folder = Folder.make("sweep");
    try {
      const file = join(folder, "mine.ts");
      writeFileSync(
        file,
        Scaffold.strategy({ file: "mine", key: "mine", identifier: "Mine", title: "Mine" }),
      );
      const [mine] = await Effect.runPromise(StrategyFile.load(file));
      if (mine === undefined) throw new Error("no strategy");
      const asked = { ...options, strategy: mine, candidates: grid(mine, { window: [5, 10, 20, 40] }) };
      const divided = await Effect.runPromise(
        Parallel.sweep({ strategy: mine, file }, asked, { threads: 2 }),
      );
      assert.equal(Result.getOrThrow(divided).digest, Result.getOrThrow(Sweep.run(asked)).digest);
    } finally {
      Folder.remove(folder);
    }
  });

  it("walks forward as one thread does", async () => {
    const walked: WalkForward.Options = { ...options, trainBars: 300, testBars: 200 };
    const found = { strategy: ema, file: null };
    const divided = await Effect.runPromise(Parallel.walkForward(found, walked, { threads: 2 }));
    assert.deepEqual(Result.getOrThrow(divided), Result.getOrThrow(WalkForward.run(walked)));
  });
});
