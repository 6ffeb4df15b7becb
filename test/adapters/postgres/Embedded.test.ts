import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { assert, describe, it } from "@effect/vitest";
import * as PgDatabase from "@strom/adapters/postgres/PgDatabase.ts";
import * as PgEmbedded from "@strom/adapters/postgres/PgEmbedded.ts";
import * as PgHousekeeping from "@strom/adapters/postgres/PgHousekeeping.ts";
import * as PgJournal from "@strom/adapters/postgres/PgJournal.ts";
import * as PgMigrator from "@strom/adapters/postgres/PgMigrator.ts";
import { Database, Journal } from "@strom/core/ports";
import { Effect, Layer } from "effect";
import { SqlClient } from "effect/sql";

const writer = path.join(import.meta.dirname, "EmbeddedWriter.ts");

const temporary = Effect.acquireRelease(
  Effect.sync(() => path.join(fs.mkdtempSync(path.join(os.tmpdir(), "strom-embedded-")), "data")),
  (folder) => Effect.sync(() => fs.rmSync(path.dirname(folder), { recursive: true, force: true })),
);

const record = (dataDir: string) =>
  Layer.mergeAll(PgDatabase.layer, PgJournal.layer).pipe(
    Layer.provideMerge(PgMigrator.layer()),
    Layer.provideMerge(PgEmbedded.layer({ dataDir })),
  );

/** When to pull the plug: so long after the start, or once so many commits were acknowledged. */
type Moment = { readonly afterMs: number } | { readonly afterCommits: number };

/** Runs the writer and kills it -9 at the moment; the last head it had acknowledged. */
const writeUntilKilled = (folder: string, moment: Moment) =>
  Effect.promise(
    () =>
      new Promise<number>((resolve) => {
        const child = spawn(process.execPath, [writer, folder], { stdio: ["ignore", "pipe", "inherit"] });
        const heads: Array<number> = [];
        let rest = "";
        child.stdout.on("data", (chunk: Buffer) => {
          const lines = (rest + chunk.toString()).split("\n");
          rest = lines.pop() ?? "";
          heads.push(...lines.map(Number));
          if ("afterCommits" in moment && heads.length >= moment.afterCommits) child.kill("SIGKILL");
        });
        if ("afterMs" in moment) setTimeout(() => child.kill("SIGKILL"), moment.afterMs);
        // Not "exit": that may come before the last it acknowledged is read.
        child.once("close", () => resolve(heads.at(-1) ?? 0));
      }),
  );

/** The early ones fall into the first start: copying the cluster, migrating. */
const moments: ReadonlyArray<Moment> = [
  { afterMs: 150 },
  { afterMs: 300 },
  { afterMs: 500 },
  { afterMs: 800 },
  { afterCommits: 1 },
  { afterCommits: 3 },
  { afterCommits: 40 },
  { afterCommits: 200 },
];

describe("the embedded database", () => {
  it.live(
    "keeps every acknowledged row over kill -9, whenever it falls",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporary;
        let acknowledged = 0;
        for (const moment of moments) {
          acknowledged = Math.max(acknowledged, yield* writeUntilKilled(folder, moment));
          yield* Effect.gen(function* () {
            const journal = yield* Journal;
            const head = yield* journal.head("agent.tick", 0);
            assert.isAtLeast(head, acknowledged);
            const sql = yield* SqlClient.SqlClient;
            const [all] = yield* sql<{ readonly rows: bigint; readonly last: bigint | null }>`
            select count(*) as rows, max("offset") as last from journal where topic = 'agent.tick'`;
            assert.strictEqual(Number(all?.rows), head);
            if (head > 0) assert.strictEqual(Number(all?.last), head - 1);
          }).pipe(Effect.provide(record(folder)));
        }
        assert.isAbove(acknowledged, 0);
      }).pipe(Effect.scoped),
    120_000,
  );

  it.live("finds its rows again after a clean stop, and a second one is refused meanwhile", () =>
    Effect.gen(function* () {
      const folder = yield* temporary;
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        yield* sql`insert into users (id, email) values (${crypto.randomUUID()}, 'a@b.c')`;
        const second = yield* Effect.flip(Effect.scoped(Layer.build(PgEmbedded.layer({ dataDir: folder }))));
        assert.include(second.message, `process ${process.pid} is using it`);
      }).pipe(Effect.provide(record(folder)));
      const emails = yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        return yield* sql`select email from users`;
      }).pipe(Effect.provide(record(folder)));
      assert.deepStrictEqual(emails, [{ email: "a@b.c" }]);
    }).pipe(Effect.scoped),
  );

  it.live("lets timers and sockets have their turn while it is busy", () =>
    Effect.gen(function* () {
      const database = yield* Database;
      const sql = yield* SqlClient.SqlClient;
      let turns = 0;
      const timer = setInterval(() => turns++, 5);
      const end = performance.now() + 500;
      // A busy machine may leave us few of those milliseconds: then it is the work that counts.
      for (let done = 0; done < 200 || performance.now() < end; done++) {
        yield* database.transaction(sql`select 1`);
      }
      clearInterval(timer);
      assert.isAbove(turns, 5);
    }).pipe(
      Effect.provide(
        Layer.mergeAll(PgDatabase.layer).pipe(
          Layer.provideMerge(PgMigrator.layer()),
          Layer.provideMerge(PgEmbedded.layerTemporary),
        ),
      ),
    ),
  );

  it.live(
    "has its log cut back and its rows swept by the housekeeping",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        const log = Effect.map(
          sql<{ readonly kept: bigint; readonly written: bigint }>`
          select sum(size)::bigint as kept, (pg_current_wal_lsn() - '0/0')::bigint as written from pg_ls_waldir()`,
          (rows) => rows[0] ?? { kept: 0n, written: 0n },
        );
        const before = yield* log;
        yield* sql`insert into journal_heads (topic, partition) values ('busy', 0)`;
        for (let round = 0; round < 6; round++) {
          yield* sql`insert into telegram_updates (update_id, outcome)
          select ${BigInt(round * 100_000)} + i, '"0123456789012345678901234567890123456789"'
          from generate_series(1, 30000) i`;
          for (let n = 0; n < 300; n++)
            yield* sql`update journal_heads set head = head + 1 where topic = 'busy'`;
          yield* PgHousekeeping.sweep;
        }
        const after = yield* log;
        assert.isBelow(Number(after.kept), Number(after.written - before.written) / 2);
        const [heads] = yield* sql<{
          readonly bytes: bigint;
        }>`select pg_relation_size('journal_heads') as bytes`;
        assert.isAtMost(Number(heads?.bytes), 5 * 8192);
      }).pipe(Effect.provide(PgMigrator.layer().pipe(Layer.provideMerge(PgEmbedded.layerTemporary)))),
    60_000,
  );
});
