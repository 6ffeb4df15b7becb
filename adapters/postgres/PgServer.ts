import { PgClient } from "@effect/sql-pg";
import type { DatabaseUnavailable } from "@strom/core/ports";
import type { Layer } from "effect";
import { Effect, Redacted, Schedule } from "effect";
import type { SqlClient } from "effect/sql";
import type { SqlError } from "effect/sql/SqlError";
import { DatabaseRefused } from "./DatabaseRefused.ts";
import * as Failure from "./Failure.ts";
import { registry } from "./PgCodecs.ts";

/** What every session of ours runs under, whatever the server's defaults are. */
export const sessionSettings = {
  statement_timeout: "10s",
  lock_timeout: "3s",
  idle_in_transaction_session_timeout: "15s",
  default_transaction_isolation: "read committed",
  synchronous_commit: "on",
  TimeZone: "UTC",
} as const;

/**
 * A machine that vanished says nothing more, and a session waits for its answer: after 10 s of silence it is asked
 * every second, and given up after ten times, or at once when another has its address.
 */
const keepAlive = "10 seconds";

export interface Options {
  readonly url: Redacted.Redacted;
  /** Seen in pg_stat_activity; "strom" or "strom-<process>". */
  readonly applicationName?: string;
  /** Connections at most; 10 unless told. */
  readonly maxConnections?: number;
}

const isAddress = (text: string): boolean =>
  URL.canParse(text) && ["postgres:", "postgresql:"].includes(new URL(text).protocol);

/** An address without a user, where the machine has no name for one either. */
const hasNoUser = (error: SqlError): boolean => Failure.detail(error).includes("No username configured");

/** What a server or its address answers that waiting will not change: a wrong name, password or database. */
const refused = (error: SqlError): DatabaseRefused =>
  new DatabaseRefused({
    reason: "Login",
    message: hasNoUser(error)
      ? "DATABASE_URL names no user; postgres://user:password@host:5432/database does"
      : `DATABASE_URL does not let us in: ${Failure.detail(error)}`,
  });

/** A pool over a real server. Waits up to 5 s for it to answer, so that services may start together. */
export const layer = (
  options: Options,
): Layer.Layer<PgClient.PgClient | SqlClient.SqlClient, DatabaseRefused | DatabaseUnavailable> =>
  PgClient.layerFrom(
    Effect.gen(function* () {
      if (!isAddress(Redacted.value(options.url)))
        return yield* new DatabaseRefused({
          reason: "Login",
          message:
            "DATABASE_URL is no address of a Postgres; postgres://user:password@host:5432/database is one",
        });
      const client = yield* PgClient.make({
        url: options.url,
        applicationName: options.applicationName ?? "strom",
        maxConnections: options.maxConnections ?? 10,
        keepAlive,
        startupParameters: sessionSettings,
        types: registry,
      });
      yield* client`select 1`;
      return client;
    }).pipe(
      Effect.catchTag("SqlError", (error) =>
        Effect.fail(Failure.isTransient(error) && !hasNoUser(error) ? error : refused(error)),
      ),
      Failure.orUnavailable,
      Effect.retry({
        schedule: Schedule.spaced("250 millis").pipe(Schedule.upTo({ duration: "5 seconds" })),
        while: (error) => error._tag === "DatabaseUnavailable",
      }),
    ),
  );
