import { DatabaseUnavailable } from "@strom/core/ports";
import { migrations } from "@strom/migrations/index.ts";
import { Effect, Layer, Schedule } from "effect";
import { Migrator, SqlClient } from "effect/sql";
import { isSqlError } from "effect/sql/SqlError";
import { DatabaseRefused } from "./DatabaseRefused.ts";
import { orUnavailable } from "./Failure.ts";

const TABLE = "strom_migrations";
const DEFAULT_PARTITIONS = 16;

export interface Options {
  /** Into how many partitions topics are split; fixed when the database is new. What is recorded, or 16, unless told. */
  readonly partitions?: number | undefined;
}

/** Ours, by id, as `0001_seed_tables`. */
const known: ReadonlyArray<readonly [id: number, name: string]> = Object.keys(migrations).map((key) => {
  const [id = "", ...name] = key.split("_");
  return [Number(id), name.join("_")];
});

/** As long as each takes: rewriting the journal of a busy day is more than a stage may ask of a statement. */
const patient = Object.fromEntries(
  Object.entries(migrations).map(([key, migration]) => [
    key,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient;
      yield* sql`set local statement_timeout = 0`;
      return yield* migration;
    }),
  ]),
);

const tables = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  const rows = yield* sql<{ readonly name: string }>`
    select table_name::text as name from information_schema.tables
    where table_schema = current_schema() and table_type = 'BASE TABLE' order by 1`;
  return rows.map((row) => row.name);
});

/** Refuses a database that is not ours, or that a newer version has migrated further than we know. */
const inspect = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  const found = yield* tables;
  if (!found.includes(TABLE)) {
    if (found.length === 0) return;
    return yield* new DatabaseRefused({
      reason: "Foreign",
      message: `the database is not empty and not ours (it holds ${found.slice(0, 3).join(", ")}); name an empty database in DATABASE_URL`,
    });
  }
  const applied = yield* sql<{ readonly id: number; readonly name: string }>`
    select migration_id as id, name from ${sql(TABLE)} order by 1`;
  const names = new Map(known);
  const last = known.at(-1)?.[0] ?? 0;
  for (const { id, name } of applied) {
    if (id > last)
      return yield* new DatabaseRefused({
        reason: "Newer",
        message: `the database was migrated by a newer version (to ${id}_${name}, this one knows up to ${last}); update strom`,
      });
    if (names.get(id) !== name)
      return yield* new DatabaseRefused({
        reason: "Foreign",
        message: `the database's migration ${id} is "${name}", ours is "${names.get(id)}"; name another database in DATABASE_URL`,
      });
  }
});

/** Whether nothing of ours is there, so that migrating would begin a new record. Only looks. */
export const isNew = Effect.map(tables, (found) => !found.includes(TABLE)).pipe(orUnavailable);

const fixPartitions = Effect.fnUntraced(function* (asked: number | undefined) {
  const sql = yield* SqlClient.SqlClient;
  yield* sql`insert into meta (product, partitions) values ('strom', ${asked ?? DEFAULT_PARTITIONS})
    on conflict do nothing`;
  const rows = yield* sql<{ readonly partitions: number }>`select partitions from meta`;
  const recorded = rows[0]?.partitions ?? DEFAULT_PARTITIONS;
  if (asked !== undefined && asked !== recorded)
    return yield* new DatabaseRefused({
      reason: "PartitionsFixed",
      message: `STROM_PARTITIONS is ${asked}, but this database was made with ${recorded}, and that cannot change; leave the variable out`,
    });
});

/** Brings the database up to this version and answers the migrations that ran. Several processes may do so at once. */
export const migrate = (options: Options = {}) =>
  Effect.gen(function* () {
    yield* inspect;
    const ran = yield* Migrator.make({})({ loader: Migrator.fromRecord(patient), table: TABLE });
    yield* fixPartitions(options.partitions);
    return ran.map(([id, name]) => `${String(id).padStart(4, "0")}_${name}`);
  }).pipe(
    // Our own migrations failing is our own mistake, unless somebody held what they need.
    Effect.catchTag("MigrationError", (error) =>
      isSqlError(error.cause) ? Effect.fail(error.cause) : Effect.die(error),
    ),
    orUnavailable,
    Effect.retry({
      schedule: Schedule.spaced("500 millis").pipe(Schedule.upTo({ duration: "30 seconds" })),
      // Another process is migrating and holds the lock, or a backup is being made.
      while: (error) => error instanceof DatabaseUnavailable && error.sqlState === "55P03",
    }),
  );

/** Migrates while the layer is built, so that what stands on it finds its tables. */
export const layer = (
  options: Options = {},
): Layer.Layer<never, DatabaseRefused | DatabaseUnavailable, SqlClient.SqlClient> =>
  Layer.effectDiscard(migrate(options));
