import type { Bar } from "@strom/core";
import { Catalog, ParameterSpace, Sweep, WalkForward } from "@strom/core";
import { Threads } from "@strom/core/threads";
import { Result } from "effect";
import { assert, describe, it } from "vitest";
import * as Plain from "../../../core/src/threads/Plain.ts";
import { walk } from "../backtest/Walks.ts";
import { Riser } from "./Riser.ts";

const ema = Catalog.find(Catalog.make(Catalog.builtIn), "ema_crossover");
if (ema === undefined) throw new Error("no ema_crossover");

const options: Sweep.Options = {
  bars: [walk(900), walk(900, 2, "OTHER")],
  strategy: ema,
  candidates: Result.getOrThrow(
    ParameterSpace.grid(ema, { ema_fast: { from: 3, to: 9 }, ema_slow: [12, 24, 36] }),
  ).candidates,
};
const walked: WalkForward.Options = { ...options, trainBars: 300, testBars: 200 };
const risers: Sweep.Options = {
  ...options,
  strategy: Riser,
  candidates: [{ bars: 1 }, { bars: 2 }, { bars: 3 }],
};
const module = new URL("./Riser.ts", import.meta.url);

const messageOf = (result: Result.Result<unknown, Error>): string =>
  Result.isFailure(result) ? result.failure.message : "it was done";

const entries = [
  { entry: "threads", ...Threads },
  { entry: "the entry without threads", ...Plain },
];

describe.each(entries)("a sweep by $entry", ({ sweep, walkForward, open }) => {
  it.each([1, 2, 3])("asked of %i is the same as on none, to the digest", async (threads) => {
    const divided = Result.getOrThrow(await sweep(options, { threads }));
    assert.deepEqual(divided, Result.getOrThrow(Sweep.run(options)));
  });

  it("walks forward as one thread does", async () => {
    const divided = Result.getOrThrow(await walkForward(walked, { threads: 2 }));
    assert.deepEqual(divided, Result.getOrThrow(WalkForward.run(walked)));
  });

  it("finds a strategy in its module", async () => {
    const divided = Result.getOrThrow(await sweep(risers, { threads: 2, module }));
    assert.equal(divided.digest, Result.getOrThrow(Sweep.run(risers)).digest);
  });

  it("reads bars as a backtest does: stale ones are none, longer ones are made of them", async () => {
    const bars: ReadonlyArray<Bar.Bar> = Array.from({ length: 300 }, (_, i) => {
      const price = 100 + ((i * 7) % 13);
      const at = { symbol: "X", from: i * 60_000, to: (i + 1) * 60_000 };
      return {
        ...at,
        open: price,
        high: price,
        low: price,
        close: price,
        volume: 1,
        ticks: i % 5 === 3 ? 0 : 1,
      };
    });
    for (const asked of [
      { ...risers, bars: [bars] },
      { ...risers, intervalMs: 3_600_000 },
    ]) {
      const divided = Result.getOrThrow(await sweep(asked, { threads: 2, module }));
      assert.deepEqual(divided, Result.getOrThrow(Sweep.run(asked)));
    }
  });

  it("refuses what Sweep.run and WalkForward.run refuse, with the same words", async () => {
    const upsideDown = { ...walk(50), low: walk(50).high.map((high) => high + 1) };
    for (const asked of [
      { ...options, candidates: [] },
      { ...options, candidates: [{ ema_fast: 9, ema_slow: 2 }] },
      { ...options, strategy: "ema_crosover" },
      { ...options, strategy: JSON.parse("{}") },
      { ...options, candidates: JSON.parse("null") },
      { ...options, catalog: JSON.parse("[]") },
      { ...options, bars: JSON.parse("null") },
      JSON.parse("null"),
      { ...options, bars: [] },
      { ...options, bars: [upsideDown] },
    ]) {
      assert.equal(messageOf(await sweep(asked, { threads: 2 })), messageOf(Sweep.run(asked)));
    }
    const short = { ...walked, trainBars: 899 };
    assert.equal(messageOf(await walkForward(short, { threads: 2 })), messageOf(WalkForward.run(short)));
  });

  it("tells how far it is, and can be given up", async () => {
    const told: Array<number> = [];
    await sweep(options, { threads: 2, onProgress: ({ done, of }) => told.push(done / of) });
    assert.equal(told.at(-1), 1);
    const given = new AbortController();
    const work = sweep(options, {
      threads: 2,
      signal: given.signal,
      onProgress: () => given.abort("enough"),
    });
    assert.equal(
      await work.then(
        () => "done",
        (reason: unknown) => reason,
      ),
      "enough",
    );
  });

  it("keeps its threads for as many sweeps as are wanted", async () => {
    const crew = open({ threads: 2, module });
    try {
      assert.deepEqual(Result.getOrThrow(await crew.sweep(options)), Result.getOrThrow(Sweep.run(options)));
      assert.deepEqual(Result.getOrThrow(await crew.sweep(risers)), Result.getOrThrow(Sweep.run(risers)));
      assert.deepEqual(
        Result.getOrThrow(await crew.walkForward(walked)),
        Result.getOrThrow(WalkForward.run(walked)),
      );
    } finally {
      await crew.close();
    }
  });
});

describe("threads", () => {
  it("are none for little work", async () => {
    // Without threads nothing needs to be found again.
    const little = Result.getOrThrow(await Threads.sweep(risers));
    assert.equal(little.digest, Result.getOrThrow(Sweep.run(risers)).digest);
  });

  it("ask for the module of a strategy that is not built in", async () => {
    assert.match(
      messageOf(await Threads.sweep(risers, { threads: 1 })),
      /^module: riser is not built in.*new URL/,
    );
  });

  it("say what a module exports that has no such strategy", async () => {
    const wrong = Threads.sweep(risers, { threads: 1, module: new URL("../Scripted.ts", import.meta.url) });
    assert.match(
      await wrong.then(
        () => "done",
        (cause: unknown) => String(cause),
      ),
      /Scripted\.ts exports no strategy with the key riser: it exports /,
    );
  });
});
