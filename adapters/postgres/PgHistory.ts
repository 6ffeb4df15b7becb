import { DatabaseReplaced } from "@strom/core/ports";
import { Effect, Option } from "effect";
import { SqlClient } from "effect/sql";
import { orUnavailable } from "./Failure.ts";

/** The first history of a server that was never anybody's replica. */
const FIRST = "00000001";

const LOOK = "1 second";

/** Looks in a row, one a second, at which the database only let read: a session may be left with a replica for ever. */
const READS_MAX = 30;

interface Look {
  /** Null while it only lets read: a replica has no history of its own yet. */
  readonly timeline: string | null;
}

/**
 * Which history the server writes, as Postgres counts them: a new one whenever a replica is promoted or a backup
 * rolled forward, since either may lack the last commits of the one before.
 */
const ask = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  const rows = yield* sql<Look>`
    select case when current_setting('transaction_read_only') = 'off'
      then left(pg_walfile_name(pg_current_wal_lsn()), 8) end as timeline`;
  return rows[0]?.timeline ?? null;
}).pipe(orUnavailable);

/** Names a journal in a history: what a bus holds of another history is not of this one. */
export const epochOf = (epoch: string, history: string): string =>
  history === FIRST ? epoch : `${epoch}-${history}`;

/** The history at the start, and an effect that ends once it is another. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  // Some services that are like Postgres do not say, and are taken for one that has no replicas.
  const asked = yield* Effect.option(Effect.catchDefect(ask, () => Effect.fail("does not say")));
  if (Option.isNone(asked)) return { first: FIRST, replaced: Effect.never };
  const first = asked.value ?? FIRST;
  let reads = 0;
  const look = Effect.gen(function* () {
    yield* Effect.sleep(LOOK);
    const now = yield* ask;
    reads = now === null ? reads + 1 : 0;
    if (reads < READS_MAX && (now === null || now === first)) return;
    return yield* new DatabaseReplaced({
      message:
        now === null
          ? `the database only lets read for ${READS_MAX} s: this process ends and is to be started again, so that it finds the one that lets write`
          : `the database goes on with another history (timeline ${now}, ${first} before): a replica took its place, or a backup; what was committed last may be lost, so this process ends and is to be started again`,
    });
  }).pipe(
    Effect.catchTag("DatabaseUnavailable", () => Effect.void),
    Effect.provideService(SqlClient.SqlClient, sql),
  );
  return { first, replaced: Effect.forever(look) };
});
