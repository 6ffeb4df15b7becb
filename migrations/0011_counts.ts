import { Effect } from "effect";
import { SqlClient } from "effect/sql";

/**
 * What an agent's history counts, kept as it grows: an answer must not read all of it. The database itself counts, in
 * the statement that writes the rows, so that a process of an older version is counted with during an upgrade; what
 * writes none of these rows, as a quiet slot, pays nothing.
 *
 * The lock waits for whoever is writing, in the order in which rows of these tables can only be written, and lets
 * nobody write until the commit: what is counted here is all there was, and nothing is counted twice.
 */
const statements = [
  "lock table agents, risk_decisions, ledger_entries in share row exclusive mode",

  `create table fill_counts (
    agent_id uuid primary key references agents (id),
    fills bigint not null check (fills > 0),
    closing bigint not null check (closing between 0 and fills),
    winning bigint not null check (winning between 0 and closing)
  ) with (fillfactor = 50)`,
  `create table rejection_counts (
    agent_id uuid not null references agents (id),
    code text not null,
    count bigint not null check (count > 0),
    primary key (agent_id, code)
  ) with (fillfactor = 50)`,

  // Each fill has one entry of realized_pnl. A gain lowers that account, so a negative amount is a winning fill.
  `create function count_fills() returns trigger language plpgsql as $$
  begin
    insert into fill_counts as c (agent_id, fills, closing, winning)
    select agent_id, count(*), count(*) filter (where amount <> 0), count(*) filter (where amount < 0)
    from added where account = 'realized_pnl' group by agent_id
    on conflict (agent_id) do update set fills = c.fills + excluded.fills,
      closing = c.closing + excluded.closing, winning = c.winning + excluded.winning;
    return null;
  end $$`,
  `create trigger ledger_entries_counted after insert on ledger_entries
    referencing new table as added for each statement execute function count_fills()`,

  `create function count_rejections() returns trigger language plpgsql as $$
  begin
    insert into rejection_counts as c (agent_id, code, count)
    select agent_id, code, count(*) from added where verdict = 'REJECTED' group by agent_id, code
    on conflict (agent_id, code) do update set count = c.count + excluded.count;
    return null;
  end $$`,
  `create trigger risk_decisions_counted after insert on risk_decisions
    referencing new table as added for each statement execute function count_rejections()`,

  `insert into fill_counts (agent_id, fills, closing, winning)
    select agent_id, count(*), count(*) filter (where amount <> 0), count(*) filter (where amount < 0)
    from ledger_entries where account = 'realized_pnl' group by agent_id`,
  `insert into rejection_counts (agent_id, code, count)
    select agent_id, code, count(*) from risk_decisions where verdict = 'REJECTED' group by agent_id, code`,
];

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  for (const statement of statements) yield* sql.unsafe(statement).unprepared;
});
