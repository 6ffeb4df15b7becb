import { PgTypes } from "@effect/sql-pg";
import type { Request } from "@strom/core/ports";
import { Answers, Database, KeyReused, StillRunning } from "@strom/core/ports";
import { Effect, Layer } from "effect";
import { SqlClient } from "effect/sql";
import { orUnavailable } from "./Failure.ts";
import * as Row from "./PgRow.ts";

/**
 * The lock on a key lives as long as the transaction that works on it: a second request meanwhile is told so, and
 * a process that dies leaves neither lock nor half an answer. Who does not get the lock looks for an answer all the
 * same: it may have been held by somebody who was only given it again.
 */
export const layer: Layer.Layer<Answers, never, SqlClient.SqlClient | Database> = Layer.effect(
  Answers,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;
    const database = yield* Database;

    const lock = Effect.fnUntraced(function* ({ principal, route, key }: Request) {
      const rows = yield* sql<Row.Row>`
        select pg_try_advisory_xact_lock(hashtextextended(${JSON.stringify([principal, route, key])}, 0)) as locked`;
      return rows[0] !== undefined && Row.boolean(rows[0], "locked");
    }, orUnavailable);

    const stored = Effect.fnUntraced(function* ({ principal, route, key, hash }: Request) {
      const rows = yield* sql<Row.Row>`
        select request_hash, body from api_idempotency
        where principal = ${principal} and route = ${route} and key = ${key}`;
      const row = rows[0];
      if (row === undefined) return null;
      if (Row.text(row, "request_hash") !== hash) return yield* new KeyReused({ key });
      return { answer: Row.json(row, "body") };
    }, orUnavailable);

    const store = Effect.fnUntraced(function* ({ principal, route, key, hash }: Request, answer: unknown) {
      yield* sql`
        insert into api_idempotency (principal, route, key, request_hash, status, body, completed_at)
        values (${principal}, ${route}, ${key}, ${hash}, 200, ${PgTypes.jsonb(answer)}, now())`;
    }, orUnavailable);

    return Answers.of({
      once: (request, deed) =>
        database.transaction(
          Effect.gen(function* () {
            const isOurs = yield* lock(request);
            const before = yield* stored(request);
            if (before !== null) return before.answer;
            if (!isOurs) return yield* new StillRunning({ key: request.key });
            const answer = yield* deed;
            yield* store(request, answer);
            return answer;
          }),
        ),
    });
  }),
);
