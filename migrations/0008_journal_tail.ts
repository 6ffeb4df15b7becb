import { Effect } from "effect";
import { SqlClient } from "effect/sql";

/**
 * Where each topic and partition now begins: retention moves it forward as it removes the oldest rows. Without it a
 * first row that was lost could not be told from one that was rightly removed.
 */
const statements = [
  `alter table journal_heads
    add column tail bigint not null default 0,
    add constraint journal_heads_tail_check check (tail between 0 and head)`,
  `update journal_heads h set tail = coalesce(
    (select min(j."offset") from journal j where j.topic = h.topic and j.partition = h.partition), h.head)`,
];

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  for (const statement of statements) yield* sql.unsafe(statement).unprepared;
});
