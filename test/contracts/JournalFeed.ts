import { assert, layer as withLayer } from "@effect/vitest";
import { Database, Journal } from "@strom/core/ports";
import type { Layer } from "effect";
import { Deferred, Effect, Fiber } from "effect";
import { AGENT, entry, OTHER, STRANGER, several, topic } from "./Entries.ts";

/** What the feed of every journal must do: its rows in one order that only grows, of which nobody misses one unawares. */
export const suite = <E>(name: string, layer: Layer.Layer<Journal | Database, E>): void =>
  withLayer(layer, { excludeTestServices: true, timeout: 60_000 })(name, (it) => {
    it.effect("shows the feed in one order that only grows, and of those agents that are asked for", () =>
      Effect.gen(function* () {
        const journal = yield* Journal;
        const [one, two] = [topic(), topic()];
        const start = yield* journal.feedNow;
        const first = yield* journal.append([entry({ topic: one }), entry({ topic: two, agentId: OTHER })]);
        const second = yield* journal.append([entry({ topic: one, partition: 9 })]);
        const { rows: all, position, isMore } = yield* journal.feed(start, 10);
        assert.deepStrictEqual(
          all.map((row) => row.eventId),
          [...first, ...second].map((row) => row.eventId),
        );
        const seen = all[0];
        assert.isDefined(seen);
        assert.deepStrictEqual((yield* journal.feed(seen.position, 10)).rows, all.slice(1));
        assert.isFalse(isMore);
        assert.deepStrictEqual((yield* journal.feed(position, 10)).rows, []);
        const cut = yield* journal.feed(start, 2);
        assert.deepStrictEqual(
          [cut.rows, cut.position, cut.isMore],
          [all.slice(0, 2), all[1]?.position, true],
        );
        assert.deepStrictEqual(
          (yield* journal.feed(start, 10, [AGENT])).rows,
          all.filter((row) => row.agentId === AGENT),
        );
        assert.deepStrictEqual((yield* journal.feed(yield* journal.feedNow, 10)).rows, []);
        // Looked through for somebody else, it need not be looked through again; what comes then is seen.
        const strange = yield* journal.feed(start, 10, [STRANGER]);
        assert.deepStrictEqual(strange.rows, []);
        const third = yield* journal.append([entry({ topic: one })]);
        assert.deepStrictEqual(
          (yield* journal.feed(strange.position, 10)).rows.map((row) => row.eventId),
          third.map((row) => row.eventId),
        );
        assert.strictEqual((yield* Effect.flip(journal.feed("1; drop", 10)))._tag, "PositionInvalid");
      }),
    );

    it.effect("keeps the feed's order when an older transaction commits last", () =>
      Effect.gen(function* () {
        const journal = yield* Journal;
        const database = yield* Database;
        const [slow, fast] = [topic(), topic()];
        const start = yield* journal.feedNow;
        const written = yield* Deferred.make<void>();
        const release = yield* Deferred.make<void>();
        const older = yield* database
          .transaction(
            Effect.gen(function* () {
              yield* journal.append([entry({ topic: slow })]);
              yield* Deferred.succeed(written, undefined);
              yield* Deferred.await(release);
            }),
          )
          .pipe(Effect.forkChild);
        yield* Deferred.await(written);
        // With one connection the younger one has to wait; with many it overtakes, and must not be shown yet.
        const younger = yield* Effect.forkChild(journal.append([entry({ topic: fast })]));
        yield* Fiber.await(younger).pipe(Effect.timeoutOption("500 millis"));
        const early = younger.pollUnsafe() === undefined ? [] : (yield* journal.feed(start, 10)).rows;
        assert.deepStrictEqual(early, []);
        yield* Deferred.succeed(release, undefined);
        yield* Fiber.join(older);
        yield* Fiber.join(younger);
        assert.deepStrictEqual(
          (yield* journal.feed(start, 10)).rows.map((row) => row.topic),
          [slow, fast],
        );
      }),
    );

    it.effect("knows from which positions on its feed is still whole", () =>
      Effect.gen(function* () {
        const journal = yield* Journal;
        const [mine, other] = [topic(), topic()];
        const before = yield* journal.feedNow;
        const all = [...several(4, { topic: mine, at: 1_000 }), ...several(1, { topic: mine, at: 9_000 })];
        yield* journal.append(all);
        yield* journal.append(several(1, { topic: other, at: 9_000 }));
        yield* journal.markPublished([{ topic: mine, partition: 0, position: 5 }]);
        yield* journal.markPublished([{ topic: other, partition: 0, position: 1 }]);
        const feed = (yield* journal.feed(before, 100)).rows.filter((row) =>
          [mine, other].includes(row.topic),
        );
        const positions = feed.map(({ position }) => position);
        assert.strictEqual(positions.length, 6);
        assert.isNull(yield* journal.gapAfter(positions[0] ?? ""));
        assert.strictEqual(yield* journal.prune(5_000), 4);
        const gaps = yield* Effect.forEach([before, ...positions], journal.gapAfter);
        const tail = positions[3] ?? "";
        assert.deepStrictEqual(gaps, [tail, tail, tail, tail, null, null, null]);
        const told = yield* Effect.forEach([before, ...positions], (from) => journal.feed(from, 100));
        assert.deepStrictEqual(
          told.map(({ gapTo }) => gapTo),
          gaps,
        );
        assert.isNull(yield* journal.gapAfter(yield* journal.feedNow));
        const bad = yield* Effect.flip(journal.gapAfter("nonsense"));
        assert.strictEqual(bad._tag, "PositionInvalid");
        assert.strictEqual(yield* journal.prune(10_000), 2);
      }),
    );

    it.effect("knows a position that it never told from those it did", () =>
      Effect.gen(function* () {
        const journal = yield* Journal;
        const database = yield* Database;
        const start = yield* journal.feedNow;
        yield* journal.append(several(3, { topic: topic() }));
        const { rows, position } = yield* journal.feed(start, 10);
        const told = [start, ...rows.map((row) => row.position), position, yield* journal.feedNow];
        assert.deepStrictEqual(
          yield* Effect.forEach(told, journal.isAhead),
          told.map(() => false),
        );
        const [xid = "", seq = ""] = (yield* journal.feedNow).split("-");
        assert.isTrue(yield* journal.isAhead(`${Number(xid) + 1_000_000}-${seq}`));
        // What others write meanwhile, and tell, is told by none too early.
        yield* database.transaction(
          Effect.gen(function* () {
            yield* journal.append(several(1, { topic: topic() }));
            assert.isFalse(yield* journal.isAhead(yield* journal.feedNow));
          }),
        );
        assert.strictEqual((yield* Effect.flip(journal.isAhead("nonsense")))._tag, "PositionInvalid");
      }),
    );
  });
