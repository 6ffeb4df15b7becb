import { Effect } from "effect";
import { SqlClient } from "effect/sql";

/**
 * The log every stage reads from and writes to. Offsets are handed out under
 * the row lock of the head, never by a sequence: a reader that follows a
 * sequence misses rows that commit late.
 *
 * `xid` and `seq` give readers of all topics at once (the event stream) one
 * order that never changes once seen: rows are shown only when every
 * transaction older than theirs has ended.
 */
const statements = [
  `create table meta (
    singleton boolean primary key default true check (singleton),
    product text not null check (product = 'strom'),
    partitions int not null check (partitions between 1 and 1024),
    created_at timestamptz not null default now()
  )`,

  `create table journal (
    topic text not null,
    partition int not null check (partition >= 0),
    "offset" bigint not null check ("offset" >= 0),
    event_id uuid not null,
    agent_id uuid,
    payload jsonb not null,
    at timestamptz not null,
    xid bigint not null default pg_current_xact_id()::text::bigint,
    seq bigint generated always as identity,
    primary key (topic, partition, "offset"),
    constraint uq_journal_event unique (topic, event_id)
  )`,
  `create index ix_journal_feed on journal (xid, seq)`,

  `create table journal_heads (
    topic text not null,
    partition int not null check (partition >= 0),
    head bigint not null default 0 check (head >= 0),
    primary key (topic, partition)
  ) with (fillfactor = 50)`,

  `create table cursors (
    stage text not null,
    topic text not null,
    partition int not null check (partition >= 0),
    position bigint not null default 0 check (position >= 0),
    updated_at timestamptz not null default now(),
    primary key (stage, topic, partition)
  ) with (fillfactor = 50)`,

  `create table publish_cursors (
    topic text not null,
    partition int not null check (partition >= 0),
    position bigint not null default 0 check (position >= 0),
    updated_at timestamptz not null default now(),
    primary key (topic, partition)
  ) with (fillfactor = 50)`,

  `create table dead_letters (
    stage text not null,
    topic text not null,
    partition int not null,
    "offset" bigint not null,
    event_id uuid not null,
    agent_id uuid,
    payload jsonb not null,
    error text not null,
    at timestamptz not null default now(),
    primary key (stage, topic, partition, "offset")
  )`,

  // Each statement in a function sees what was committed before it began, so the
  // search for events already written happens after the lock, not before it.
  // The lanes are named apart, each once: reading them out of the entries would parse every payload again.
  // The plan is made once, while the journal is small: left to itself it would read the whole journal for ever.
  `create function journal_append(topics text[], partitions int[], entries json)
  returns table (ordinal int, appended_offset bigint)
  language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
  declare
    locked int;
  begin
    for attempt in 1..2 loop
      perform 1 from journal_heads h
        join unnest(topics, partitions) as l (topic, partition) on l.topic = h.topic and l.partition = h.partition
        order by h.topic, h.partition
        for update of h;
      get diagnostics locked = row_count;
      exit when locked = cardinality(topics);
      insert into journal_heads (topic, partition)
        select l.topic, l.partition from unnest(topics, partitions) as l (topic, partition)
        order by 1, 2
        on conflict do nothing;
    end loop;

    return query
    with fresh as (
      select e.*, row_number() over (partition by e.topic, e.partition order by e.ordinal) - 1 as place
      from json_to_recordset(entries) as e (
        ordinal int, topic text, partition int, event_id uuid, agent_id uuid, payload jsonb, at timestamptz)
      where not exists (
        select 1 from journal j where j.topic = e.topic and j.event_id = e.event_id)
    ), moved as (
      update journal_heads h set head = h.head + n.count
      from (select f.topic, f.partition, count(*) as count from fresh f group by 1, 2) n
      where h.topic = n.topic and h.partition = n.partition
      returning h.topic, h.partition, h.head - n.count as base
    ), written as (
      insert into journal as j (topic, partition, "offset", event_id, agent_id, payload, at)
      select f.topic, f.partition, m.base + f.place, f.event_id, f.agent_id, f.payload, f.at
      from fresh f join moved m on m.topic = f.topic and m.partition = f.partition
      order by f.ordinal
    )
    select f.ordinal, m.base + f.place
    from fresh f join moved m on m.topic = f.topic and m.partition = f.partition
    order by f.ordinal;
  end $$`,
];

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  for (const statement of statements) yield* sql.unsafe(statement).unprepared;
});
