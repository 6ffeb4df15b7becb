import type { Row } from "@strom/core/ports";
import { Effect } from "effect";
import { SqlClient } from "effect/sql";

/** What the pipeline wrote, tick by tick, to be written again by a loop that thinks nothing. */

/** Ticks in one transaction: as many as a stage takes. */
const BATCH = 512;

export type Json = { readonly [column: string]: unknown };

/** How the rows of each table are found by the tick they belong to; in the order foreign keys ask for. */
const sources = {
  agent_runs: "select r.agent_id as a, r.slot as s, to_json(r) as row from agent_runs r",
  signals: "select agent_id as a, slot as s, to_json(t) as row from signals t",
  orders: "select agent_id as a, slot as s, to_json(t) as row from orders t",
  risk_decisions: "select agent_id as a, slot as s, to_json(t) as row from risk_decisions t",
  trades:
    "select o.agent_id as a, o.slot as s, to_json(t) as row from trades t join orders o on o.id = t.order_id",
  ledger_entries:
    "select o.agent_id as a, o.slot as s, to_jsonb(e) - 'id' as row from ledger_entries e join trades t on t.id = e.trade_id join orders o on o.id = t.order_id",
  pnl_snapshots: "select agent_id as a, slot as s, to_json(t) as row from pnl_snapshots t",
  accounts: "select agent_id as a, null as s, to_json(t) as row from accounts t",
  positions: "select agent_id as a, null as s, to_json(t) as row from positions t",
  strategy_states: "select agent_id as a, null as s, to_json(t) as row from strategy_states t",
} as const;
export type Table = keyof typeof sources;

export interface Batch {
  readonly rows: ReadonlyMap<Table, ReadonlyArray<Json>>;
  readonly journal: ReadonlyArray<Row>;
  readonly ticks: number;
}

const key = (agent: unknown, slot: unknown): string => `${agent}/${slot ?? ""}`;

const grouped = Effect.fnUntraced(function* (table: Table) {
  const sql = yield* SqlClient.SqlClient;
  const rows = yield* sql.unsafe<{ readonly a: string; readonly s: bigint | null; readonly row: Json }>(
    sources[table],
  );
  const groups = new Map<string, Array<Json>>();
  for (const { a, s, row } of rows) {
    const known = groups.get(key(a, s));
    if (known === undefined) groups.set(key(a, s), [row]);
    else known.push(row);
  }
  return groups;
});

interface JournalRow extends Omit<Row, "offset"> {
  readonly offset: bigint;
}

/** Slot of what the journal says of a tick: every event of a traded tick names it. */
const journalGroups = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  const rows = yield* sql<JournalRow & { readonly slot: string | null }>`
    select topic, partition, "offset", event_id as "eventId", agent_id as "agentId", payload, at,
      payload -> 'payload' ->> 'slot' as slot
    from journal where topic not in ('market.tick', 'agent.changed')`;
  const groups = new Map<string, Array<Row>>();
  for (const { slot, offset, ...row } of rows) {
    const name = key(row.agentId, slot);
    const placed = { ...row, offset: Number(offset) };
    const known = groups.get(name);
    if (known === undefined) groups.set(name, [placed]);
    else known.push(placed);
  }
  return groups;
});

/** Everything the pipeline wrote over this record, as batches to be written again. */
export const read = Effect.gen(function* () {
  const names = Object.keys(sources) as ReadonlyArray<Table>;
  const groups = new Map<Table, ReadonlyMap<string, ReadonlyArray<Json>>>();
  for (const table of names) groups.set(table, yield* grouped(table));
  const journal = yield* journalGroups;
  const ticks = [...(groups.get("agent_runs")?.values() ?? [])]
    .flat()
    .map(({ agent_id, slot }) => ({ agent: String(agent_id), slot: Number(slot) }))
    .sort((a, b) => a.slot - b.slot);
  const batches: Array<Batch> = [];
  for (let from = 0; from < ticks.length; from += BATCH) {
    const own = ticks.slice(from, from + BATCH);
    const agents = new Set(own.map(({ agent }) => agent));
    const rows = new Map(
      names.map((table) => {
        const of = groups.get(table);
        const isKept = sources[table].includes("null as s");
        const found = isKept
          ? [...agents].flatMap((agent) => of?.get(key(agent, null)) ?? [])
          : own.flatMap(({ agent, slot }) => of?.get(key(agent, slot)) ?? []);
        return [table, found] as const;
      }),
    );
    batches.push({
      rows,
      journal: own.flatMap(({ agent, slot }) => journal.get(key(agent, slot)) ?? []),
      ticks: own.length,
    });
  }
  return batches;
});
