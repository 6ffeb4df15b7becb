import { describe } from "@effect/vitest";
import type { DatabaseRefused } from "@strom/adapters/postgres/DatabaseRefused.ts";
import * as PgDatabase from "@strom/adapters/postgres/PgDatabase.ts";
import * as PgEmbedded from "@strom/adapters/postgres/PgEmbedded.ts";
import * as PgJournal from "@strom/adapters/postgres/PgJournal.ts";
import * as PgMigrator from "@strom/adapters/postgres/PgMigrator.ts";
import * as PgServer from "@strom/adapters/postgres/PgServer.ts";
import type { Database, DatabaseUnavailable, Journal } from "@strom/core/ports";
import { Effect, Layer, Redacted } from "effect";
import type { SqlClient } from "effect/sql";
import { requires } from "../../servers/Needs.ts";
import * as Postgres from "../../servers/Postgres.ts";

/** The record over a fresh database: migrated, with the journal on it. */
export type Record = Layer.Layer<
  SqlClient.SqlClient | Database | Journal,
  DatabaseUnavailable | DatabaseRefused
>;

const record = <E>(
  client: Layer.Layer<SqlClient.SqlClient, E>,
): Layer.Layer<SqlClient.SqlClient | Database | Journal, E | DatabaseUnavailable | DatabaseRefused> =>
  Layer.mergeAll(PgDatabase.layer, PgJournal.layer).pipe(
    Layer.provideMerge(PgMigrator.layer()),
    Layer.provideMerge(client),
  );

export const embedded: Record = record(PgEmbedded.layerTemporary);

/** An empty database on a server of our own, not migrated. */
export const serverClient: Layer.Layer<
  SqlClient.SqlClient,
  DatabaseRefused | DatabaseUnavailable,
  Postgres.Postgres
> = Layer.unwrap(
  Effect.gen(function* () {
    const postgres = yield* Postgres.Postgres;
    const url = yield* Effect.promise(() => postgres.createDatabase());
    return PgServer.layer({ url: Redacted.make(url), maxConnections: 12 });
  }),
);

export const server: Record = record(serverClient.pipe(Layer.provide(Postgres.layer({ fsync: false }))));

/** Describes the same cases for the embedded database and, where there is one, for a real server. */
export const onBoth = (name: string, suite: (record: Record) => void): void => {
  describe(`${name}, on PGlite`, () => suite(embedded));
  requires("postgres", `${name}, on a Postgres server`, () => suite(server));
};
