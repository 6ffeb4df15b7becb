import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import * as Streams from "@strom/adapters/jetstream/Streams.ts";
import * as Subject from "@strom/adapters/jetstream/Subject.ts";
import type { Row } from "@strom/core/ports";
import { Database } from "@strom/core/ports";
import { Effect } from "effect";
import { SqlClient } from "effect/sql";
import * as House from "./House.ts";
import type { Batch, Json, Table } from "./Recorded.ts";

/**
 * The limit: a loop that thinks nothing and only writes the very rows the pipeline wrote, into the very tables, and
 * publishes the very messages. Each batch is one transaction, acknowledged by the broker before the next begins.
 */

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
  // Risk moves every account, execution those that traded; each leaves a snapshot.
  const trading = new Set(of("trades").map((row) => row["agent_id"]));
  const traders = of("accounts").filter((row) => trading.has(row["agent_id"]));
  for (const accounts of [of("accounts"), traders]) {
    yield* sql`
      update accounts a set version = a.version + 1, cash = r.cash, marks = r.marks, last_slot = r.last_slot
      from json_populate_recordset(null::accounts, ${JSON.stringify(accounts)}::json) r where a.agent_id = r.agent_id`;
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
