import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as v8 from "node:v8";
import { PgClient } from "@effect/sql-pg";
import type { PGliteOptions } from "@electric-sql/pglite";
import { PGlite } from "@electric-sql/pglite";
import type { DatabaseUnavailable } from "@strom/core/ports";
import type { Layer } from "effect";
import { Effect } from "effect";
import type { SqlClient } from "effect/sql";
import * as DataDir from "./DataDir.ts";
import { orUnavailable } from "./Failure.ts";
import { registry } from "./PgCodecs.ts";
import * as PgliteStream from "./PgliteStream.ts";
import * as PgliteTemplate from "./PgliteTemplate.ts";

/**
 * Settings of the embedded database. It has one session and no background
 * workers, so timeouts and autovacuum do not exist in it: see PgHousekeeping.
 */
const settings = [
  "-c",
  "shared_buffers=16MB",
  "-c",
  "work_mem=8MB",
  "-c",
  "synchronous_commit=on",
  "-c",
  "wal_init_zero=off",
  "-c",
  "timezone=UTC",
  "-c",
  "log_timezone=UTC",
];

/**
 * Keeps V8's optimising compiler off PGlite: it takes 700 MB for a moment, and
 * its code runs the pipeline's statements 7 % faster (bench/). Read when the
 * WebAssembly module is compiled, so it must be said before that.
 */
const keepSmall = (): void => {
  v8.setFlagsFromString("--no-wasm-dynamic-tiering");
  v8.setFlagsFromString("--no-wasm-tier-up");
};

const create = (options: PGliteOptions): Promise<PGlite> => {
  keepSmall();
  return PGlite.create({ startParams: [...PGlite.defaultStartParams, ...settings], ...options });
};

/** A cluster appears under its final name only when it is whole, so a kill at any moment leaves none or all. */
const prepare = async (folder: string): Promise<void> => {
  if (fs.existsSync(folder)) return;
  const draft = `${folder}.new`;
  // What a start that was killed left behind.
  for (const name of fs.readdirSync(path.dirname(folder)))
    if (name.startsWith(path.basename(draft)))
      fs.rmSync(path.join(path.dirname(folder), name), { recursive: true, force: true });
  await PgliteTemplate.copyTo(draft);
  fs.renameSync(draft, folder);
};

const client = (open: () => Promise<PGlite>) =>
  Effect.gen(function* () {
    const database = yield* Effect.acquireRelease(Effect.promise(open), (database) =>
      // Checkpoints, so that the next start has nothing to recover.
      Effect.promise(() => database.close()),
    );
    return yield* PgClient.make({
      stream: () => PgliteStream.make(database),
      username: "postgres",
      database: "postgres",
      applicationName: "strom",
      types: registry,
      // There is one session. A second connection would share it, and with it the transaction.
      minConnections: 1,
      maxConnections: 1,
      idleTimeout: "365 days",
    }).pipe(orUnavailable);
  });

/** Postgres inside this process, its files in the data directory, which it holds alone until the layer closes. */
export const layer = (options: {
  readonly dataDir: string;
}): Layer.Layer<PgClient.PgClient | SqlClient.SqlClient, DataDir.DataDirRefused | DatabaseUnavailable> =>
  PgClient.layerFrom(
    Effect.gen(function* () {
      const dataDir = yield* DataDir.open(options.dataDir);
      return yield* client(async () => {
        await prepare(dataDir.database);
        return create({ dataDir: dataDir.database });
      });
    }),
  );

/** The same in a folder of its own that goes when the layer closes: for tests and trials. */
export const layerTemporary: Layer.Layer<PgClient.PgClient | SqlClient.SqlClient, DatabaseUnavailable> =
  PgClient.layerFrom(
    Effect.gen(function* () {
      const folder = yield* Effect.acquireRelease(
        Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "strom-postgres-"))),
        (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true })),
      );
      const database = path.join(folder, "postgres");
      return yield* client(async () => {
        await prepare(database);
        return create({ dataDir: database });
      });
    }),
  );
