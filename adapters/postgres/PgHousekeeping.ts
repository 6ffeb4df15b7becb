import { Effect, Layer, Schedule } from "effect";
import { SqlClient } from "effect/sql";

/** Rows here are rewritten on every slot or order; without vacuum they and their indexes only grow. */
const busy = [
  "accounts",
  "cursors",
  "fill_counts",
  "journal_heads",
  "positions",
  "publish_cursors",
  "rejection_counts",
  "strategy_states",
];

/** One statement; a failure is only worth a warning, since the next round tries again. */
const run = (statement: string) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(statement).unprepared).pipe(
    Effect.catch((error) => Effect.logWarning(`housekeeping: "${statement}" failed`, error)),
  );

/** Writes the log's pages back and frees it, and sweeps the rows that are rewritten most. */
export const sweep: Effect.Effect<void, never, SqlClient.SqlClient> = Effect.gen(function* () {
  yield* run("checkpoint");
  for (const table of busy) yield* run(`vacuum ${table}`);
});

/**
 * What a server does in the background and the embedded database never would:
 * checkpoints (or its log grows for ever, and with it the next start), vacuum
 * (or rewritten rows pile up, and transaction ids run out in weeks), and the
 * planner's statistics. A server needs none of this.
 */
export const layer: Layer.Layer<never, never, SqlClient.SqlClient> = Layer.effectDiscard(
  Effect.gen(function* () {
    const background = <R>(work: Effect.Effect<unknown, never, R>) =>
      Effect.forkScoped(Effect.repeat(work, Schedule.forever));
    yield* background(Effect.delay(sweep, "1 minute"));
    yield* background(Effect.delay(run("analyze"), "5 minutes"));
    yield* background(Effect.delay(run("vacuum"), "6 hours"));
  }),
);
