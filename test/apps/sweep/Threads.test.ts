import * as Threads from "@strom/apps/sweep/Threads.ts";
import { Effect } from "effect";
import { assert, describe, it } from "vitest";

const script = new URL("./Squares.ts", import.meta.url);
const squares = (count: number, threads: number, workerData: object = {}) =>
  Threads.map<number>({ script, workerData, count, threads });

describe("work divided among threads", () => {
  it.each([1, 2, 5])("comes back in its own order from %i of them", async (threads) => {
    const results = await Effect.runPromise(squares(103, threads));
    assert.deepEqual(
      results,
      Array.from({ length: 103 }, (_, i) => i * i),
    );
  });

  it("may be none at all", async () => {
    assert.deepEqual(await Effect.runPromise(squares(0, 3)), []);
  });

  it("tells how far it is, and ends at all of it", async () => {
    const told: Array<number> = [];
    const onDone = (done: number) => told.push(done);
    await Effect.runPromise(Threads.map({ script, workerData: {}, count: 50, threads: 2, onDone }));
    assert.equal(told.at(-1), 50);
    assert.isTrue(told.every((done, i) => done > (told[i - 1] ?? 0)));
  });

  it("fails with what a thread threw, or with how it ended", async () => {
    const thrown = await Effect.runPromise(Effect.flip(squares(20, 2, { breaksAt: 11 })));
    assert.equal(thrown.message, "job 11 cannot be done");
    const ended = await Effect.runPromise(Effect.flip(squares(20, 2, { exitsAt: 3 })));
    assert.match(ended.message, /with code 7/);
  });
});
