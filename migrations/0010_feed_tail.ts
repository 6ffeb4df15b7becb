import { Effect } from "effect";
import { SqlClient } from "effect/sql";

/**
 * The last place of the feed that retention has removed a row from. Who goes on from a place before it may have missed
 * something, and is told so. What was removed before this column came is not known: then every place up to now is one
 * before it.
 */
const statements = [
  `alter table meta
    add column pruned_xid bigint not null default 0,
    add column pruned_seq bigint not null default 0`,
  `update meta set pruned_xid = pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    where exists (select 1 from journal_heads where tail > 0)`,
];

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  for (const statement of statements) yield* sql.unsafe(statement).unprepared;
});
