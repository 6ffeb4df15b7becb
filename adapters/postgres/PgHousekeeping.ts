import { Effect, Layer, Schedule } from "effect";
import { SqlClient } from "effect/sql";

/** Rows here are rewritten on every slot; without vacuum they and their indexes only grow. */
const busy = ["accounts", "cursors", "journal_heads", "strategy_states", "positions", "agents"];

/**
 * What a server does in the background and the embedded database never would:
 * checkpoints (or its log grows for ever, and with it the next start), vacuum
 * (or rewritten rows pile up, and transaction ids run out in weeks), and the
 * planner's statistics. A server needs none of this.
 */
export const layer: Layer.Layer<never, never, SqlClient.SqlClient> = Layer.effectDiscard(
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;

    const run = (statement: string) =>
      sql
        .unsafe(statement)
        .unprepared.pipe(
          Effect.catch((error) => Effect.logWarning(`housekeeping: "${statement}" failed`, error)),
        );

    const everyMinute = Effect.gen(function* () {
      yield* run("checkpoint");
      for (const table of busy) yield* run(`vacuum ${table}`);
    });

    yield* everyMinute.pipe(Effect.delay("1 minute"), Effect.repeat(Schedule.forever), Effect.forkScoped);
    yield* run("analyze").pipe(
      Effect.delay("2 minutes"),
      Effect.andThen(run("analyze").pipe(Effect.delay("15 minutes"), Effect.repeat(Schedule.forever))),
      Effect.forkScoped,
    );
    yield* run("vacuum").pipe(Effect.delay("6 hours"), Effect.repeat(Schedule.forever), Effect.forkScoped);
  }),
);
