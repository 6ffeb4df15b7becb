import { assert, layer as withLayer } from "@effect/vitest";
import type { Cursor } from "@strom/core/ports";
import { CursorMoved, Database, EventsUnknown, Journal } from "@strom/core/ports";
import type { Layer } from "effect";
import { Effect } from "effect";
import { entry, offsets, several, topic, upTo } from "./Entries.ts";

/** What every journal must do, whichever database is under it. */
export const suite = <E>(name: string, layer: Layer.Layer<Journal | Database, E>): void =>
  withLayer(layer, { excludeTestServices: true, timeout: 60_000 })(name, (it) => {
    it.effect("hands out offsets from 0 on, per topic and partition, and reads back what was appended", () =>
      Effect.gen(function* () {
        const journal = yield* Journal;
        const mine = topic();
        const first = entry({ topic: mine, partition: 1 });
        const second = entry({ topic: mine, partition: 1, agentId: null });
        const elsewhere = entry({ topic: mine, partition: 2 });
        const rows = yield* journal.append([first, elsewhere, second]);
        assert.deepStrictEqual(rows, [
          { ...first, offset: 0 },
          { ...elsewhere, offset: 0 },
          { ...second, offset: 1 },
        ]);
        assert.deepStrictEqual(yield* journal.read(mine, 1, 0, 10), [
          { ...first, offset: 0 },
          { ...second, offset: 1 },
        ]);
        assert.deepStrictEqual(yield* journal.read(mine, 1, 1, 10), [{ ...second, offset: 1 }]);
        assert.strictEqual((yield* journal.read(mine, 1, 0, 1)).length, 1);
        assert.strictEqual(yield* journal.head(mine, 1), 2);
        assert.strictEqual(yield* journal.head(mine, 7), 0);
        assert.deepStrictEqual(yield* journal.append([]), []);
      }),
    );

    it.effect("passes over an event that is already there", () =>
      Effect.gen(function* () {
        const journal = yield* Journal;
        const mine = topic();
        const tick = entry({ topic: mine });
        yield* journal.append([tick]);
        const later = entry({ topic: mine });
        assert.deepStrictEqual(yield* journal.append([tick, later]), [{ ...later, offset: 1 }]);
        assert.deepStrictEqual(yield* journal.append([tick, later]), []);
        assert.strictEqual(yield* journal.head(mine, 0), 2);
      }),
    );

    it.effect("leaves no gap when a transaction is rolled back", () =>
      Effect.gen(function* () {
        const journal = yield* Journal;
        const database = yield* Database;
        const mine = topic();
        yield* journal.append(several(2, { topic: mine }));
        yield* database
          .transaction(Effect.andThen(journal.append(several(3, { topic: mine })), Effect.fail("refused")))
          .pipe(Effect.flip);
        yield* journal.append(several(2, { topic: mine }));
        assert.deepStrictEqual(offsets(yield* journal.read(mine, 0, 0, 10)), [0, 1, 2, 3]);
      }),
    );

    it.effect("stays gapless and ordered under 8 writers at once, some of whom give up", () =>
      Effect.gen(function* () {
        const journal = yield* Journal;
        const database = yield* Database;
        const mine = topic();
        const write = (writer: number) =>
          Effect.forEach(upTo(20), (round) =>
            database
              .transaction(
                Effect.gen(function* () {
                  yield* journal.append([
                    ...several(2, { topic: mine, partition: (writer + round) % 3 }),
                    ...several(1, { topic: mine, partition: round % 3 }),
                  ]);
                  if (round % 5 === 4) return yield* Effect.fail("gives up");
                }),
              )
              .pipe(Effect.ignore),
          );
        yield* Effect.forEach(upTo(8), write, { concurrency: 8 });
        let total = 0;
        for (const partition of [0, 1, 2]) {
          const rows = yield* journal.read(mine, partition, 0, 1_000);
          assert.deepStrictEqual(offsets(rows), upTo(rows.length));
          assert.strictEqual(yield* journal.head(mine, partition), rows.length);
          total += rows.length;
        }
        assert.strictEqual(total, 8 * 16 * 3);
      }),
    );

    it.effect("lets the same event be appended by two at once, once", () =>
      Effect.gen(function* () {
        const journal = yield* Journal;
        const database = yield* Database;
        const mine = topic();
        const tick = entry({ topic: mine });
        const all = yield* Effect.forEach(upTo(6), () => database.transaction(journal.append([tick])), {
          concurrency: 6,
        });
        assert.strictEqual(all.flat().length, 1);
        assert.strictEqual(yield* journal.head(mine, 0), 1);
      }),
    );

    it.effect("moves a cursor only from where it stands", () =>
      Effect.gen(function* () {
        const journal = yield* Journal;
        const cursor: Cursor = { stage: "runtime", topic: topic(), partition: 3 };
        assert.strictEqual(yield* journal.position(cursor), 0);
        yield* journal.advance([{ ...cursor, from: 0, to: 5 }]);
        const moved = yield* Effect.flip(journal.advance([{ ...cursor, from: 0, to: 7 }]));
        assert.instanceOf(moved, CursorMoved);
        assert.strictEqual(moved.message, `runtime is at offset 5 of ${cursor.topic}/3, not at 0`);
        assert.strictEqual(yield* journal.position(cursor), 5);
        assert.strictEqual(yield* journal.position({ ...cursor, stage: "risk" }), 0);
      }),
    );

    it.effect("does not move a cursor that is named twice in one step", () =>
      Effect.gen(function* () {
        const journal = yield* Journal;
        const database = yield* Database;
        const cursor: Cursor = { stage: "runtime", topic: topic(), partition: 4 };
        const other: Cursor = { ...cursor, partition: 5 };
        for (const one of [cursor, other]) yield* journal.position(one);
        const moves = [
          { ...cursor, from: 0, to: 5 },
          { ...other, from: 0, to: 1 },
          { ...cursor, from: 0, to: 3 },
        ];
        const moved = yield* Effect.flip(database.transaction(journal.advance(moves)));
        assert.instanceOf(moved, CursorMoved);
        for (const one of [cursor, other]) assert.strictEqual(yield* journal.position(one), 0);
      }),
    );

    it.effect("passes only events that it holds, each at its place", () =>
      Effect.gen(function* () {
        const journal = yield* Journal;
        const database = yield* Database;
        const cursor: Cursor = { stage: "runtime", topic: topic(), partition: 6 };
        const rows = yield* journal.append(several(3, { topic: cursor.topic, partition: 6 }));
        const [a = "", b = "", c = ""] = rows.map(({ eventId }) => eventId);
        const lost = crypto.randomUUID();
        const pass = (from: number, events: ReadonlyArray<string>) =>
          database.transaction(journal.advance([{ ...cursor, from, to: from + events.length, events }]));
        yield* journal.position(cursor);
        for (const events of [[lost], [b], [a, lost], [lost, b], [b, a], [a, b, c, lost]]) {
          assert.instanceOf(yield* Effect.flip(pass(0, events)), EventsUnknown, events.join());
          assert.strictEqual(yield* journal.position(cursor), 0);
        }
        yield* pass(0, [a, b]);
        assert.instanceOf(yield* Effect.flip(pass(0, [a])), CursorMoved);
        const unknown = yield* Effect.flip(pass(2, [c, lost]));
        assert.strictEqual(
          unknown.message,
          `runtime was told of events from 2 to 4 of ${cursor.topic}/6 that the journal does not hold there`,
        );
        yield* pass(2, [c]);
        assert.strictEqual(yield* journal.position(cursor), 3);
      }),
    );

    it.effect("lets one of two workers through who believe they own the same partition", () =>
      Effect.gen(function* () {
        const journal = yield* Journal;
        const database = yield* Database;
        const mine = topic();
        const cursor: Cursor = { stage: "risk", topic: topic(), partition: 0 };
        yield* journal.position(cursor);
        const step = database.transaction(
          Effect.gen(function* () {
            yield* journal.advance([{ ...cursor, from: 0, to: 1 }]);
            yield* journal.append([entry({ topic: mine })]);
          }),
        );
        const exits = yield* Effect.forEach(upTo(5), () => Effect.exit(step), { concurrency: 5 });
        assert.strictEqual(exits.filter((exit) => exit._tag === "Success").length, 1);
        assert.strictEqual(yield* journal.head(mine, 0), 1);
        assert.strictEqual(yield* journal.position(cursor), 1);
      }),
    );

    it.effect("forgets a step whole: effects, events and cursor", () =>
      Effect.gen(function* () {
        const journal = yield* Journal;
        const database = yield* Database;
        const cursor: Cursor = { stage: "execution", topic: topic(), partition: 0 };
        yield* journal.position(cursor);
        yield* database
          .transaction(
            Effect.gen(function* () {
              yield* journal.advance([{ ...cursor, from: 0, to: 1 }]);
              yield* journal.append([entry({ topic: cursor.topic })]);
              return yield* Effect.fail("crash");
            }),
          )
          .pipe(Effect.flip);
        assert.strictEqual(yield* journal.position(cursor), 0);
        assert.strictEqual(yield* journal.head(cursor.topic, 0), 0);
      }),
    );

    it.effect("remembers how far it was published, and never less", () =>
      Effect.gen(function* () {
        const journal = yield* Journal;
        const mine = topic();
        yield* journal.append(several(5, { topic: mine }));
        assert.deepStrictEqual(offsets(yield* journal.unpublished(mine, 0, 3)), [0, 1, 2]);
        yield* journal.markPublished([{ topic: mine, partition: 0, position: 4 }]);
        yield* journal.markPublished([
          { topic: mine, partition: 0, position: 2 },
          { topic: mine, partition: 0, position: 1 },
        ]);
        assert.deepStrictEqual(offsets(yield* journal.unpublished(mine, 0, 10)), [4]);
        const never = topic();
        yield* journal.append(several(2, { topic: never }));
        yield* journal.markAllPublished;
        assert.deepStrictEqual(yield* journal.unpublished(mine, 0, 10), []);
        assert.strictEqual((yield* journal.unpublished(never, 0, 10)).length, 2);
      }),
    );

    it.effect("puts a poisoned event aside once", () =>
      Effect.gen(function* () {
        const journal = yield* Journal;
        const [row] = yield* journal.append([entry({ topic: topic() })]);
        assert.isDefined(row);
        const letter = { stage: "risk", topic: row.topic, partition: 0, row, error: "boom" };
        yield* journal.deadLetter([letter]);
        yield* journal.deadLetter([letter]);
        yield* journal.deadLetter([]);
      }),
    );

    it.effect("says how far each stage is behind", () =>
      Effect.gen(function* () {
        const journal = yield* Journal;
        const cursor: Cursor = { stage: "lagging", topic: topic(), partition: 0 };
        yield* journal.append(several(4, { topic: cursor.topic }));
        yield* journal.position(cursor);
        yield* journal.advance([{ ...cursor, from: 0, to: 1 }]);
        const mine = (yield* journal.lag).filter((lag) => lag.stage === "lagging");
        assert.deepStrictEqual(mine, [{ ...cursor, position: 1, head: 4, hasBegun: true }]);
      }),
    );

    it.effect("keeps what a stage has yet to begin to read, and says how much that is", () =>
      Effect.gen(function* () {
        const journal = yield* Journal;
        const cursor: Cursor = { stage: "risk", topic: "agent.run", partition: 5 };
        yield* journal.append(several(3, { topic: cursor.topic, partition: 5, at: 1_000 }));
        assert.strictEqual(yield* journal.prune(5_000), 0);
        const ours = Effect.map(journal.lag, (lags) =>
          lags.filter(({ stage, partition }) => stage === "risk" && partition === 5),
        );
        assert.deepStrictEqual(yield* ours, [{ ...cursor, position: 0, head: 3, hasBegun: false }]);
        assert.strictEqual(yield* journal.position(cursor), 0);
        assert.deepStrictEqual(yield* ours, [{ ...cursor, position: 0, head: 3, hasBegun: true }]);
        yield* journal.advance([{ ...cursor, from: 0, to: 3 }]);
        assert.strictEqual(yield* journal.prune(5_000), 3);
      }),
    );

    it.effect("prunes only what is old and what every reader has passed", () =>
      Effect.gen(function* () {
        const journal = yield* Journal;
        const mine = topic();
        const cursor: Cursor = { stage: "slow", topic: mine, partition: 0 };
        const old = 1_000;
        yield* journal.append([
          ...several(6, { topic: mine, at: old }),
          ...several(2, { topic: mine, at: 9_000 }),
          // Old, but after a young one: a hole would look like a loss.
          ...several(1, { topic: mine, at: old }),
        ]);
        yield* journal.position(cursor);
        assert.strictEqual(yield* journal.prune(5_000), 0);
        yield* journal.advance([{ ...cursor, from: 0, to: 4 }]);
        yield* journal.markPublished([{ topic: mine, partition: 0, position: 3 }]);
        assert.strictEqual(yield* journal.prune(5_000), 3);
        yield* journal.markPublished([{ topic: mine, partition: 0, position: 9 }]);
        assert.strictEqual(yield* journal.prune(5_000), 1);
        yield* journal.advance([{ ...cursor, from: 4, to: 9 }]);
        assert.strictEqual(yield* journal.prune(5_000), 2);
        assert.deepStrictEqual(offsets(yield* journal.read(mine, 0, 0, 10)), [6, 7, 8]);
        assert.strictEqual(yield* journal.prune(10_000), 3);
        const [next] = yield* journal.append([entry({ topic: mine })]);
        assert.strictEqual(next?.offset, 9);
        assert.strictEqual(yield* journal.position({ ...cursor, stage: "new" }), 9);
      }),
    );
  });
