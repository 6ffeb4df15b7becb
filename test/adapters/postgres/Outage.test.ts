import { assert, it } from "@effect/vitest";
import * as PgDatabase from "@strom/adapters/postgres/PgDatabase.ts";
import * as PgJournal from "@strom/adapters/postgres/PgJournal.ts";
import * as PgMigrator from "@strom/adapters/postgres/PgMigrator.ts";
import * as PgServer from "@strom/adapters/postgres/PgServer.ts";
import type { Cursor } from "@strom/core/ports";
import { Database, Journal } from "@strom/core/ports";
import { Effect, Fiber, Layer, Redacted } from "effect";
import { SqlClient } from "effect/sql";
import { requires } from "../../servers/Needs.ts";
import * as Postgres from "../../servers/Postgres.ts";

const record = (url: string) =>
  Layer.mergeAll(PgDatabase.layer, PgJournal.layer).pipe(
    Layer.provideMerge(PgMigrator.layer()),
    Layer.provideMerge(PgServer.layer({ url: Redacted.make(url), maxConnections: 4 })),
  );

requires("postgres", "a server that dies under a stage", () => {
  it.live(
    "loses no acknowledged step, and does none twice, though some commits have an unknown outcome",
    () =>
      Effect.gen(function* () {
        const server = yield* Postgres.scoped();
        const cursor: Cursor = { stage: "test", topic: "agent.tick", partition: 0 };
        const work = Effect.gen(function* () {
          const journal = yield* Journal;
          const database = yield* Database;
          let acknowledged = 0;
          let rejoined = 0;
          yield* journal.position(cursor);

          /** A stage: one step moves the cursor by one and writes one event, for as long as it is let. */
          const stage = Effect.gen(function* () {
            const from = yield* journal.position(cursor);
            yield* database.transaction(
              Effect.gen(function* () {
                yield* journal.advance([{ ...cursor, from: from, to: from + 1 }]);
                yield* journal.append([
                  {
                    topic: "agent.run",
                    partition: 0,
                    eventId: `00000000-0000-4000-8000-${String(from).padStart(12, "0")}`,
                    agentId: null,
                    payload: {},
                    at: 0,
                  },
                ]);
              }),
            );
            acknowledged++;
          }).pipe(
            Effect.catchTag("CursorMoved", () => Effect.sync(() => void rejoined++)),
            Effect.catchTag("DatabaseUnavailable", () => Effect.sleep("100 millis")),
          );
          const running = yield* Effect.forkChild(Effect.forever(stage));
          for (let kill = 0; kill < 4; kill++) {
            yield* Effect.sleep("400 millis");
            yield* Effect.promise(() => server.kill());
            yield* Effect.promise(() => server.restart());
          }
          const before = acknowledged;
          while (acknowledged < before + 3) {
            yield* Effect.sleep("20 millis");
            // A stage that died of something it could not wait out says of what.
            const ended = running.pollUnsafe();
            if (ended !== undefined) yield* ended;
          }
          yield* Fiber.interrupt(running);

          const head = yield* journal.head("agent.run", 0);
          const rows = yield* journal.read("agent.run", 0, 0, head + 10);
          assert.strictEqual(rows.length, head);
          assert.strictEqual(yield* journal.position(cursor), head);
          // Commits whose answer was lost are found again as a moved cursor, never as a second event.
          assert.isAtLeast(head, acknowledged);
          assert.isAtMost(head - acknowledged, rejoined + 1);
          const sql = yield* SqlClient.SqlClient;
          assert.deepStrictEqual(yield* sql`select 1 as up`, [{ up: 1 }]);
        });
        yield* Effect.provide(work, record(server.url));
      }).pipe(Effect.scoped),
    120_000,
  );

  it.live(
    "is waited for at the start, and named when it does not come",
    () =>
      Effect.gen(function* () {
        const server = yield* Postgres.scoped();
        yield* Effect.promise(() => server.stop());
        const error = yield* Effect.flip(
          Effect.scoped(Layer.build(PgServer.layer({ url: Redacted.make(server.url) }))),
        );
        assert.strictEqual(error._tag, "DatabaseUnavailable");
        assert.include(error.message, "ECONNREFUSED");
        const later = yield* Effect.forkChild(
          Effect.scoped(Layer.build(PgServer.layer({ url: Redacted.make(server.url) }))),
        );
        yield* Effect.promise(() => server.restart());
        yield* Fiber.join(later);
      }).pipe(Effect.scoped),
    60_000,
  );

  it.live(
    "is not waited for when it says no, and its words are passed on",
    () =>
      Effect.gen(function* () {
        const server = yield* Postgres.scoped({ fsync: false });
        const enter = (url: string) =>
          Effect.flip(Effect.scoped(Layer.build(PgServer.layer({ url: Redacted.make(url) }))));
        const noDatabase = yield* enter(server.url.replace("/postgres", "/nowhere"));
        assert.strictEqual(noDatabase._tag, "DatabaseRefused");
        assert.include(
          noDatabase.message,
          'DATABASE_URL does not let us in: database "nowhere" does not exist',
        );
        const noRole = yield* enter(server.url.replace("strom@", "nobody@"));
        assert.include(noRole.message, 'role "nobody" does not exist');
        const noUrl = yield* enter("not a url");
        assert.strictEqual(noUrl._tag, "DatabaseRefused");
        assert.include(noUrl.message, "DATABASE_URL");
      }).pipe(Effect.scoped),
    60_000,
  );
});
