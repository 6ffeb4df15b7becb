import { Effect } from "effect";
import { SqlClient } from "effect/sql";

/**
 * Appending takes its events as columns, which are read once where JSON around JSON was read over and over; it is
 * told where in its lane each event goes, and answers where each lane began. Events already written are answered
 * instead, and nothing is written: the caller leaves them out and asks again, under the locks it then has.
 *
 * A payload is kept as the text it came in, which is all that is ever asked of it.
 *
 * Each statement in a function sees what was committed before it began, so events already written are met after the
 * lock, not before it. The plan is made once, while the journal is small: left to itself it would
 * read the whole journal for ever.
 */
const statements = [
  "drop function journal_append(text[], int[], json)",
  "alter table journal alter column payload type json",
  `create function journal_append(
    lane_topics text[], lane_partitions int[], lane_counts int[],
    topics text[], partitions int[], places int[], event_ids uuid[], agent_ids uuid[], payloads json[], ats timestamptz[])
  returns table (lane int, base bigint, known int[])
  language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
  declare
    locked int;
    written int[];
  begin
    for attempt in 1..2 loop
      perform 1 from journal_heads h
        join unnest(lane_topics, lane_partitions) as l (topic, partition)
          on l.topic = h.topic and l.partition = h.partition
        order by h.topic, h.partition
        for update of h;
      get diagnostics locked = row_count;
      exit when locked = cardinality(lane_topics);
      insert into journal_heads (topic, partition)
        select l.topic, l.partition from unnest(lane_topics, lane_partitions) as l (topic, partition)
        order by 1, 2
        on conflict do nothing;
    end loop;

    -- Nearly always nothing was written before: that is tried first, and looked into when it fails.
    begin
      insert into journal as j (topic, partition, "offset", event_id, agent_id, payload, at)
      select e.topic, e.partition, h.head + e.place, e.event_id, e.agent_id, e.payload, e.at
      from unnest(topics, partitions, places, event_ids, agent_ids, payloads, ats) with ordinality
        as e (topic, partition, place, event_id, agent_id, payload, at, n)
      join journal_heads h on h.topic = e.topic and h.partition = e.partition
      order by e.n;
    exception when unique_violation then
      select array_agg(e.n::int - 1) into written
      from unnest(topics, event_ids) with ordinality as e (topic, event_id, n)
      where exists (select 1 from journal j where j.topic = e.topic and j.event_id = e.event_id);
      if written is null then raise; end if;
      return query select null::int, null::bigint, written;
      return;
    end;

    return query
    update journal_heads h set head = h.head + l.count
    from unnest(lane_topics, lane_partitions, lane_counts) with ordinality as l (topic, partition, count, n)
    where h.topic = l.topic and h.partition = l.partition
    returning l.n::int - 1, h.head - l.count, null::int[];
  end $$`,
];

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  for (const statement of statements) yield* sql.unsafe(statement).unprepared;
});
