import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import * as Streams from "@strom/adapters/jetstream/Streams.ts";
import * as Subject from "@strom/adapters/jetstream/Subject.ts";
import type { Row } from "@strom/core/ports";
import { Database } from "@strom/core/ports";
import { Effect } from "effect";
import { SqlClient } from "effect/sql";
import * as House from "./House.ts";

/**
 * The limit: a loop that thinks nothing and only writes the very rows the pipeline wrote, into the very tables, and
 * publishes the very messages. Each batch is one transaction, acknowledged by the broker before the next begins.
 */

/** Ticks in one transaction: as many as a stage takes. */
const BATCH = 512;

type Json = { readonly [column: string]: unknown };

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
type Table = keyof typeof sources;

interface Batch {
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

/** Everything the pipeline wrote over this record, tick by tick, as batches to be written again. */
export const recorded = Effect.gen(function* () {
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

const insert = (table: Table, rows: ReadonlyArray<Json>) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) => {
    const columns = sql.literal(Object.keys(rows[0] ?? {}).join(", "));
    return sql`
      insert into ${sql(table)} (${columns})
      select ${columns} from json_populate_recordset(null::${sql.literal(table)}, ${JSON.stringify(rows)}::json)`;
  });

const INTENT = { status: "INTENT", filled_price: null, filled_qty: null, filled_at: null, fees: 0 };

/** Three statements a stage's worth of rows, as few as there are tables. */
const write = Effect.fnUntraced(function* ({ rows, journal }: Batch) {
  const sql = yield* SqlClient.SqlClient;
  const of = (table: Table): ReadonlyArray<Json> => rows.get(table) ?? [];
  const json = (table: Table): string => JSON.stringify(of(table));
  yield* insert("agent_runs", of("agent_runs"));
  yield* insert("signals", of("signals"));
  yield* sql`
    insert into strategy_states select * from json_populate_recordset(null::strategy_states, ${json("strategy_states")}::json)
    on conflict (agent_id, strategy_id, symbol) do update set state = excluded.state, slot = excluded.slot`;
  yield* insert(
    "orders",
    of("orders").map((row) => ({ ...row, ...INTENT })),
  );
  yield* insert("risk_decisions", of("risk_decisions"));
  yield* sql`
    update orders o set status = r.status, filled_price = r.filled_price, filled_qty = r.filled_qty,
      fees = r.fees, filled_at = r.filled_at
    from json_populate_recordset(null::orders, ${json("orders")}::json) r where o.id = r.id`;
  yield* insert("trades", of("trades"));
  yield* insert("ledger_entries", of("ledger_entries"));
  yield* sql`
    insert into positions select * from json_populate_recordset(null::positions, ${json("positions")}::json)
    on conflict (agent_id, symbol) do update set net_qty = excluded.net_qty, cost_basis = excluded.cost_basis`;
  // Risk and execution each move the account, and each leave a snapshot.
  for (let twice = 0; twice < 2; twice++) {
    yield* sql`
      update accounts a set version = a.version + 1, cash = r.cash, marks = r.marks, last_slot = r.last_slot
      from json_populate_recordset(null::accounts, ${json("accounts")}::json) r where a.agent_id = r.agent_id`;
  }
  yield* insert("pnl_snapshots", of("pnl_snapshots"));
  const entries = journal.map(({ topic, partition, offset, eventId, agentId, payload, at }) => ({
    topic,
    partition,
    offset,
    event_id: eventId,
    agent_id: agentId,
    payload,
    at: new Date(at).toISOString(),
  }));
  yield* sql`
    insert into journal (topic, partition, "offset", event_id, agent_id, payload, at)
    select * from json_to_recordset(${JSON.stringify(entries)}::json) as j (
      topic text, partition int, "offset" bigint, event_id uuid, agent_id uuid, payload jsonb, at timestamptz)`;
  const heads = new Map(
    journal.map(({ topic, partition, offset }) => [
      `${topic}/${partition}`,
      { topic, partition, head: offset + 1 },
    ]),
  );
  const lanes = JSON.stringify([...heads.values()]);
  yield* sql`
    insert into journal_heads (topic, partition, head)
    select * from json_to_recordset(${lanes}::json) as h (topic text, partition int, head bigint)
    on conflict (topic, partition) do update set head = greatest(journal_heads.head, excluded.head)`;
  yield* sql`
    insert into cursors (stage, topic, partition, position)
    select 'bare', * from json_to_recordset(${lanes}::json) as h (topic text, partition int, head bigint)
    on conflict (stage, topic, partition) do update set position = excluded.position`;
});

const broker = (url: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const connection = await connect({ servers: url });
      await Streams.ensure(await jetstreamManager(connection));
      return { connection, client: jetstream(connection) };
    }),
    ({ connection }) => Effect.promise(() => connection.close()),
  );

export interface Result {
  readonly perSecond: number;
  readonly perSecondWithoutPublishing: number;
  readonly rowsPerTick: number;
  readonly publishesPerTick: number;
  readonly cores: { readonly node: number; readonly postgres: number; readonly nats: number };
}

/** Writes the batches into a fresh record of the same agents: the first ones unmeasured, to warm everything up. */
export const run = Effect.fnUntraced(function* (
  env: House.Env,
  agents: number,
  every: number,
  batches: ReadonlyArray<Batch>,
  warmup: number,
  machines: House.Machines,
) {
  return yield* Effect.gen(function* () {
    yield* House.launch(agents, every);
    const database = yield* Database;
    const { client } = yield* broker(env.NATS_URL);
    const publish = (rows: ReadonlyArray<Row>) =>
      Effect.promise(() =>
        Promise.all(
          rows.map((row) =>
            client.publish(Subject.of(row), JSON.stringify(row.payload), {
              msgID: row.eventId,
              headers: Subject.headersOf(database.epoch, row),
              timeout: 20_000,
            }),
          ),
        ),
      );
    for (const batch of batches.slice(0, warmup)) {
      yield* database.transaction(write(batch));
      yield* publish(batch.journal);
    }
    const measured = batches.slice(warmup);
    const cpu = House.processorSeconds(machines);
    const startedAt = performance.now();
    let publishing = 0;
    let ticks = 0;
    let rows = 0;
    let messages = 0;
    for (const batch of measured) {
      yield* database.transaction(write(batch));
      const committedAt = performance.now();
      yield* publish(batch.journal);
      publishing += performance.now() - committedAt;
      ticks += batch.ticks;
      messages += batch.journal.length;
      rows += batch.journal.length + [...batch.rows.values()].reduce((sum, each) => sum + each.length, 0);
    }
    const tookMs = performance.now() - startedAt;
    const used = House.processorSeconds(machines);
    const result: Result = {
      perSecond: (1_000 * ticks) / tookMs,
      perSecondWithoutPublishing: (1_000 * ticks) / (tookMs - publishing),
      rowsPerTick: rows / ticks,
      publishesPerTick: messages / ticks,
      cores: {
        node: ((used.node - cpu.node) * 1_000) / tookMs,
        postgres: ((used.postgres - cpu.postgres) * 1_000) / tookMs,
        nats: ((used.nats - cpu.nats) * 1_000) / tookMs,
      },
    };
    return result;
  }).pipe(Effect.scoped, Effect.provide(House.record(env)));
});
