import type { Catalog } from "@strom/core";
import type { Verified, Violation } from "@strom/core/ports";
import { Database, Verify } from "@strom/core/ports";
import { Effect, Layer } from "effect";
import { SqlClient } from "effect/sql";
import type { SqlError } from "effect/sql/SqlError";
import { orUnavailable } from "./Failure.ts";
import * as PgIdentities from "./PgIdentities.ts";
import * as Row from "./PgRow.ts";
import * as PgVerifyAgent from "./PgVerifyAgent.ts";

export const layer: Layer.Layer<Verify, never, SqlClient.SqlClient | Database> = Layer.effect(
  Verify,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;
    const database = yield* Database;

    /** One look at the whole record, however long it takes and whoever writes meanwhile. */
    const frozen = <A, E, R>(look: Effect.Effect<A, E, R>) =>
      database.transaction(
        Effect.andThen(sql`set transaction isolation level repeatable read read only`, look).pipe(
          orUnavailable,
        ),
      );

    const brokenOf = Effect.fnUntraced(function* (identities: ReadonlyArray<PgIdentities.Identity>) {
      for (const identity of identities) {
        const rows = yield* sql.unsafe<Row.Row>(`select message from (${identity.sql}) broken limit 1`);
        if (rows[0] !== undefined) {
          return { identity: identity.name, message: Row.text(rows[0], "message") } satisfies Violation;
        }
      }
      return null;
    });
    const broken = brokenOf(PgIdentities.identities);

    const livesAgain = Effect.fnUntraced(function* (catalog: Catalog.Catalog) {
      const agents = yield* sql<Row.Row>`select id as agent_id from agents order by id`;
      let runs = 0;
      let trades = 0;
      for (const row of agents) {
        const found = yield* PgVerifyAgent.verify(sql, catalog, Row.agentId(row));
        if (found.message !== null) {
          return { identity: "recorded inputs", message: found.message } satisfies Violation;
        }
        runs += found.runs;
        trades += found.trades;
      }
      return { agents: agents.length, runs, trades } satisfies Verified;
    });

    return Verify.of({
      books: frozen(brokenOf(PgIdentities.identities.filter(({ isQuick }) => isQuick === true))),
      identities: frozen(broken),
      everything: (catalog) =>
        frozen(
          Effect.flatMap(
            broken,
            (violation): Effect.Effect<Violation | Verified, SqlError> =>
              violation === null ? livesAgain(catalog) : Effect.succeed(violation),
          ),
        ),
    });
  }),
);
