import { PgClient } from "@effect/sql-pg";
import type { DatabaseUnavailable } from "@strom/core/ports";
import type { Layer, Redacted } from "effect";
import { Effect, Schedule } from "effect";
import type { SqlClient } from "effect/sql";
import { orUnavailable } from "./Failure.ts";
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

export interface Options {
  readonly url: Redacted.Redacted;
  /** Seen in pg_stat_activity; "strom" or "strom-<process>". */
  readonly applicationName?: string;
  /** Connections at most; 10 unless told. */
  readonly maxConnections?: number;
}

/** A pool over a real server. Waits up to 5 s for it to answer, so that services may start together. */
export const layer = (
  options: Options,
): Layer.Layer<PgClient.PgClient | SqlClient.SqlClient, DatabaseUnavailable> =>
  PgClient.layerFrom(
    Effect.gen(function* () {
      const client = yield* PgClient.make({
        url: options.url,
        applicationName: options.applicationName ?? "strom",
        maxConnections: options.maxConnections ?? 10,
        startupParameters: sessionSettings,
        types: registry,
      });
      yield* client`select 1`;
      return client;
    }).pipe(
      orUnavailable,
      Effect.retry(Schedule.spaced("250 millis").pipe(Schedule.upTo({ duration: "5 seconds" }))),
    ),
  );
