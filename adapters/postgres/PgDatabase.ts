import { Database, DatabaseUnavailable } from "@strom/core/ports";
import { Clock, Effect, Layer, Option } from "effect";
import { SqlClient } from "effect/sql";
import { orUnavailable, withoutLostRollback } from "./Failure.ts";
import { patience } from "./Patience.ts";
import * as PgHistory from "./PgHistory.ts";

/** What the migrator recorded of this journal: how many partitions, and its name. */
const identity = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  const rows = yield* sql<{
    readonly partitions: number;
    readonly epoch: string;
  }>`select partitions, epoch from meta`;
  const meta = rows[0];
  if (meta === undefined) return yield* Effect.die(new Error("the database has not been migrated"));
  return meta;
});

/** As a replica is, and a server before it changes places with one. */
const readOnly = new DatabaseUnavailable({
  message: "the database only lets read",
  sqlState: "25006",
  cause: null,
});

/** The transaction boundary over a migrated Postgres: see PgMigrator. */
export const layer: Layer.Layer<Database, DatabaseUnavailable, SqlClient.SqlClient> = Layer.effect(
  Database,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;
    const { partitions, epoch } = yield* orUnavailable(identity);
    const history = yield* PgHistory.make;

    const transaction = <A, E, R>(
      step: Effect.Effect<A, E, R>,
    ): Effect.Effect<A, E | DatabaseUnavailable, R> =>
      Effect.flatMap(
        Effect.serviceOption(sql.transactionService),
        (open): Effect.Effect<A, E | DatabaseUnavailable, R> =>
          Option.isSome(open)
            ? step
            : Effect.retry(orUnavailable(withoutLostRollback(sql.withTransaction(step))), {
                schedule: patience,
                while: (error) => error instanceof DatabaseUnavailable,
              }),
      );

    return Database.of({
      partitions,
      epoch: PgHistory.epochOf(epoch, history.first),
      replaced: history.replaced,
      transaction,
      afterCommit: sql.afterCommit,
      pulse: Effect.gen(function* () {
        const askedAt = yield* Clock.currentTimeMillis;
        const rows = yield* sql<{ readonly at: number; readonly is_read_only: boolean }>`
          select clock_timestamp() as at, current_setting('transaction_read_only') = 'on' as is_read_only`;
        const answeredAt = yield* Clock.currentTimeMillis;
        if (rows[0]?.is_read_only === true) return yield* readOnly;
        return { latencyMs: answeredAt - askedAt, at: rows[0]?.at ?? Number.NaN };
      }).pipe(orUnavailable),
    });
  }),
);
