import { Effect } from "effect";
import { SqlClient } from "effect/sql";

/** How far a chat has been told of its user's events: a position in the feed. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  yield* sql.unsafe(`alter table telegram_links add column position text`).unprepared;
});
