import { Pool } from "@strom/core/threads";
import { assert, describe, it } from "vitest";
import type { Work } from "./Squares.ts";

const script = new URL("./Squares.ts", import.meta.url);

const using = async <A>(threads: number, use: (pool: Pool.Pool<Work, number>) => Promise<A>): Promise<A> => {
  const pool = Pool.open<Work, number>({ script, threads });
  try {
    return await use(pool);
  } finally {
    await pool.close();
  }
};

const squares = (count: number) => Array.from({ length: count }, (_, i) => i * i);

const reasonOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "it was done",
    (cause: unknown) => (cause instanceof Error ? cause.message : cause),
  );

describe("work divided among threads", () => {
  it.each([1, 2, 5])("comes back in its own order from %i of them", async (threads) => {
    assert.deepEqual(await using(threads, (pool) => pool.map({ work: {}, count: 103 })), squares(103));
  });

  it("may be none at all", async () => {
    assert.deepEqual(await using(3, (pool) => pool.map({ work: {}, count: 0 })), []);
  });

  it("may come again, and two at once", async () => {
    await using(2, async (pool) => {
      assert.deepEqual(await pool.map({ work: {}, count: 10 }), squares(10));
      const [one, other] = await Promise.all([
        pool.map({ work: {}, count: 31 }),
        pool.map({ work: {}, count: 7 }),
      ]);
      assert.deepEqual([one, other], [squares(31), squares(7)]);
    });
  });

  it("tells how far it is, and ends at all of it", async () => {
    const told: Array<number> = [];
    await using(2, (pool) => pool.map({ work: {}, count: 50, onDone: (done) => told.push(done) }));
    assert.equal(told.at(-1), 50);
    assert.isTrue(told.every((done, i) => done > (told[i - 1] ?? 0)));
  });

  it("tells of each job where it is asked to", async () => {
    const told: Array<number> = [];
    await using(2, (pool) => pool.map({ work: {}, count: 50, batch: 1, onDone: (done) => told.push(done) }));
    assert.equal(told.length, 50);
  });

  it("fails with what a thread threw, or with how it ended, and then does no more", async () => {
    await using(2, async (pool) => {
      assert.equal(await reasonOf(pool.map({ work: { breaksAt: 11 }, count: 20 })), "job 11 cannot be done");
      assert.equal(await reasonOf(pool.map({ work: {}, count: 20 })), "job 11 cannot be done");
    });
    await using(2, async (pool) => {
      assert.match(String(await reasonOf(pool.map({ work: { exitsAt: 3 }, count: 20 }))), /with code 7/);
    });
  });

  it("may be given up, and other work be done by the same threads", async () => {
    await using(2, async (pool) => {
      const given = new AbortController();
      const work = pool.map({
        work: {},
        count: 1_000_000_000,
        batch: 1,
        onDone: () => given.abort("enough"),
        signal: given.signal,
      });
      assert.equal(await reasonOf(work), "enough");
      assert.equal(await reasonOf(pool.map({ work: {}, count: 3, signal: given.signal })), "enough");
      assert.deepEqual(await pool.map({ work: {}, count: 4 }), squares(4));
    });
  });

  it("is rejected when the threads are closed", async () => {
    const pool = Pool.open<Work, number>({ script, threads: 1 });
    const work = reasonOf(pool.map({ work: {}, count: 1_000_000_000 }));
    await pool.close();
    assert.equal(await work, "the threads were closed");
  });
});
