import { Effect } from "effect";
import { SqlClient } from "effect/sql";

/**
 * A name for the journal, carried by every message on the bus. Whoever restores
 * a backup gives the database a new one (`update meta set epoch =
 * gen_random_uuid()`), since the broker may hold offsets of a future that is no more.
 */
const statement = "alter table meta add column epoch uuid not null default gen_random_uuid()";

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  yield* sql.unsafe(statement).unprepared;
});
