import { readdirSync } from "node:fs";
import { join } from "node:path";
import { assert, describe, it } from "@effect/vitest";
import type { DatabaseRefused } from "@strom/adapters/postgres/DatabaseRefused.ts";
import * as PgEmbedded from "@strom/adapters/postgres/PgEmbedded.ts";
import * as PgMigrator from "@strom/adapters/postgres/PgMigrator.ts";
import type { DatabaseUnavailable } from "@strom/core/ports";
import { migrations } from "@strom/migrations/index.ts";
import { Effect, Layer } from "effect";
import { SqlClient } from "effect/sql";
import { afterAll, beforeAll } from "vitest";
import { requires } from "../../servers/Needs.ts";
import * as Postgres from "../../servers/Postgres.ts";
import { serverClient } from "./Databases.ts";

const tables = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  const rows = yield* sql<{ readonly name: string }>`
    select tablename::text as name from pg_tables where schemaname = current_schema() order by 1`;
  return rows.map((row) => row.name);
});

const suite = (fresh: Layer.Layer<SqlClient.SqlClient, DatabaseRefused | DatabaseUnavailable>): void => {
  it.live("brings an empty database up once, and finds nothing to do after that", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* PgMigrator.migrate(), Object.keys(migrations));
      assert.deepStrictEqual(yield* PgMigrator.migrate(), []);
    }).pipe(Effect.provide(fresh)),
  );

  it.live("refuses a database that holds something else, and leaves it as it was", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient;
      yield* sql`create table recipes (n int)`;
      const refused = yield* Effect.flip(PgMigrator.migrate());
      assert.strictEqual(refused._tag === "DatabaseRefused" && refused.reason, "Foreign");
      assert.include(refused.message, "it holds recipes");
      assert.deepStrictEqual(yield* tables, ["recipes"]);
    }).pipe(Effect.provide(fresh)),
  );

  it.live("refuses a database that a newer version has migrated", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient;
      yield* PgMigrator.migrate();
      yield* sql`insert into strom_migrations (migration_id, name) values (9999, 'tomorrow')`;
      const refused = yield* Effect.flip(PgMigrator.migrate());
      assert.strictEqual(refused._tag === "DatabaseRefused" && refused.reason, "Newer");
      assert.include(refused.message, "9999_tomorrow");
    }).pipe(Effect.provide(fresh)),
  );

  it.live("refuses a database whose migrations are not ours", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient;
      yield* PgMigrator.migrate();
      yield* sql`update strom_migrations set name = 'other' where migration_id = 2`;
      const refused = yield* Effect.flip(PgMigrator.migrate());
      assert.strictEqual(refused._tag === "DatabaseRefused" && refused.reason, "Foreign");
    }).pipe(Effect.provide(fresh)),
  );

  it.live("fixes the number of partitions for good", () =>
    Effect.gen(function* () {
      yield* PgMigrator.migrate({ partitions: 4 });
      yield* PgMigrator.migrate();
      yield* PgMigrator.migrate({ partitions: 4 });
      const refused = yield* Effect.flip(PgMigrator.migrate({ partitions: 16 }));
      assert.include(refused.message, "STROM_PARTITIONS is 16, but this database was made with 4");
    }).pipe(Effect.provide(fresh)),
  );

  it.live("lets several processes bring the same database up at once", () =>
    Effect.gen(function* () {
      const ran = yield* Effect.forEach([1, 2, 3, 4], () => PgMigrator.migrate(), { concurrency: 4 });
      assert.deepStrictEqual(ran.flat(), Object.keys(migrations));
    }).pipe(Effect.provide(fresh)),
  );
};

describe("the migrations", () => {
  it("are every file of their folder, by its name", () => {
    const files = readdirSync(join(import.meta.dirname, "../../../migrations")).filter((name) =>
      /^\d/.test(name),
    );
    assert.deepStrictEqual(
      files.sort().map((name) => name.replace(/\.ts$/, "")),
      Object.keys(migrations),
    );
  });
});

describe("the migrator, on PGlite", () => suite(PgEmbedded.layerTemporary));

requires("postgres", "the migrator, on a Postgres server", () => {
  let server: Postgres.Server;
  beforeAll(async () => {
    server = await Postgres.start({ fsync: false });
  });
  afterAll(() => server.destroy());
  suite(
    serverClient.pipe(
      Layer.provide(
        Layer.effect(
          Postgres.Postgres,
          Effect.sync(() => server),
        ),
      ),
    ),
  );
});
