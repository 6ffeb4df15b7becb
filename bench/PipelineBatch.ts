import * as Columns from "@strom/adapters/postgres/PgColumns.ts";
import * as LiveTimeline from "@strom/apps/pipeline/LiveTimeline.ts";
import * as Publisher from "@strom/apps/pipeline/Publisher.ts";
import * as Runtime from "@strom/apps/pipeline/Runtime.ts";
import * as Stage from "@strom/apps/pipeline/Stage.ts";
import * as Tell from "@strom/apps/pipeline/Tell.ts";
import type { Id } from "@strom/core";
import { Event } from "@strom/core";
import { Database, Journal, PriceBook } from "@strom/core/ports";
import { Effect, Layer } from "effect";
import { SqlClient } from "effect/sql";
import * as EmbeddedRecord from "./EmbeddedRecord.ts";
import type { Figure } from "./Figure.ts";

export const name = "pipeline-batch";
export const about = "the runtime stage beside a bare loop that writes the same rows, embedded database";

const AGENTS = 512;
const SLOTS = 20;
const BEGIN_AT = Date.UTC(2026, 0, 1);

/** Slots 0… of every agent, as the scheduler would have written them. */
const tickAll = Effect.fnUntraced(function* (ids: ReadonlyArray<Id.AgentId>, from: number, to: number) {
  const journal = yield* Journal;
  const book = yield* PriceBook;
  const { partitions } = yield* Database;
  for (let slot = from; slot < to; slot++) {
    const at = BEGIN_AT + slot * 1000;
    const prices = EmbeddedRecord.symbols.map((symbol, index) => ({
      symbol,
      at: at - 400,
      price: 100 + index + (slot % 7) / 10,
      volume: null,
    }));
    yield* book.append(prices, "bench");
    const ticks = ids.map((agentId) =>
      Event.agentTick({ agentId, at, slot, frequencySeconds: 1, missed: 0 }),
    );
    yield* journal.append(ticks.map((tick) => Tell.entry(tick, partitions)));
  }
});

const seconds = Effect.fnUntraced(function* <A, E, R>(work: Effect.Effect<A, E, R>) {
  const beganAt = performance.now();
  yield* work;
  return (performance.now() - beganAt) / 1000;
});

/** Ticks the stage has read. */
const read = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  const rows = yield* sql<{ readonly ticks: number }>`
    select coalesce(sum(position), 0)::int as ticks from cursors where stage = 'runtime'`;
  return rows[0]?.ticks ?? 0;
});

const counted = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  const rows = yield* sql<{ readonly rows: number }>`
    select ((select count(*) from agent_runs) + (select count(*) from signals)
      + (select count(*) from journal where topic <> 'agent.tick'))::int as rows`;
  return rows[0]?.rows ?? 0;
});

const tables = {
  agent_runs: {
    id: "uuid",
    agent_id: "uuid",
    tick_time: "timestamptz",
    started_at: "timestamptz",
    completed_at: "timestamptz",
    status: "text",
    slot: "bigint",
    config_version: "int",
    tick_event_id: "uuid",
    inputs: "jsonb",
  },
  strategy_states: {
    agent_id: "uuid",
    strategy_id: "uuid",
    symbol: "text",
    state: "jsonb",
    slot: "bigint",
    config_version: "int",
  },
  journal: {
    topic: "text",
    partition: "int",
    offset: "bigint",
    event_id: "uuid",
    agent_id: "uuid",
    payload: "json",
    at: "timestamptz",
  },
} as const;

type Rows = { readonly [T in keyof typeof tables]: ReadonlyArray<Columns.Row> };

const conflict = {
  agent_runs: "",
  strategy_states:
    "on conflict (agent_id, strategy_id, symbol) do update set state = excluded.state, slot = excluded.slot",
  journal: "",
} as const;

/** What the stage wrote, slot by slot, to be written again by hand. */
const takeBack = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  const iso = (text: string) =>
    `to_char(${text} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as ${text}`;
  const batches: Array<Rows> = [];
  const states =
    yield* sql<Columns.Row>`select agent_id, strategy_id, symbol, state, slot, config_version from strategy_states`;
  for (let slot = 1; slot < SLOTS; slot++) {
    const agent_runs = yield* sql.unsafe<Columns.Row>(
      `select id, agent_id, ${iso("tick_time")}, ${iso("started_at")}, ${iso("completed_at")}, status, slot,
        config_version, tick_event_id, inputs from agent_runs where slot = $1`,
      [BigInt(slot)],
    );
    const journal = yield* sql.unsafe<Columns.Row>(
      `select topic, partition, "offset", event_id, agent_id, payload, ${iso("at")} from journal
       where topic <> 'agent.tick' and payload -> 'payload' ->> 'slot' = $1`,
      [String(slot)],
    );
    batches.push({ agent_runs, journal, strategy_states: states });
  }
  yield* sql`delete from signals`;
  yield* sql`delete from agent_runs where slot > 0`;
  yield* sql`delete from journal where topic <> 'agent.tick' and payload -> 'payload' ->> 'slot' <> '0'`;
  yield* sql`vacuum`;
  return batches;
});

const bareLoop = (batches: ReadonlyArray<Rows>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;
    const inserts = (["agent_runs", "strategy_states", "journal"] as const).map((table) => {
      const names = Object.keys(tables[table])
        .map((column) => `"${column}"`)
        .join(", ");
      const text = `insert into ${table} (${names}) select * from ${Columns.source(tables[table])} ${conflict[table]}`;
      return { table, text };
    });
    for (const batch of batches) {
      yield* sql.withTransaction(
        Effect.forEach(
          inserts,
          ({ table, text }) => sql.unsafe(text, Columns.parameters(tables[table], batch[table])),
          { discard: true },
        ),
      );
    }
  });

const measure = Effect.gen(function* () {
  const ids = yield* EmbeddedRecord.makeAgents(AGENTS);
  const { partitions } = yield* Database;
  const everyPartition = Array.from({ length: partitions }, (_, index) => index);
  const runtime = yield* Runtime.make(EmbeddedRecord.catalog);
  const caughtUpTo = (ticks: number) =>
    Effect.gen(function* () {
      yield* Effect.forkScoped(Stage.run(runtime, everyPartition));
      while ((yield* read) < ticks) yield* Effect.sleep(5);
    }).pipe(Effect.scoped);
  // The first slot warms the strategies up and is left out.
  yield* tickAll(ids, 0, 1);
  yield* caughtUpTo(AGENTS);
  yield* tickAll(ids, 1, SLOTS);
  const before = yield* counted;
  const stage = yield* seconds(caughtUpTo(AGENTS * SLOTS));
  const runs = AGENTS * (SLOTS - 1);
  const written = (yield* counted) - before + 2 * runs;
  const batches = yield* takeBack;
  const bare = yield* seconds(bareLoop(batches));
  const bareRows = batches.reduce(
    (sum, batch) => sum + batch.agent_runs.length + batch.journal.length + batch.strategy_states.length,
    0,
  );
  const figures: ReadonlyArray<Figure> = [
    { what: "runtime stage", value: written / stage, unit: "rows/s" },
    { what: "runs decided", value: runs / stage, unit: "runs/s" },
    { what: "bare loop", value: bareRows / bare, unit: "rows/s" },
    { what: "stage of bare loop", value: written / stage / (bareRows / bare), unit: "" },
  ];
  return figures;
});

export const run = (): Promise<ReadonlyArray<Figure>> =>
  Effect.runPromise(
    measure.pipe(
      Effect.scoped,
      Effect.provide(
        Publisher.layer(Publisher.embedded).pipe(
          Layer.provideMerge(LiveTimeline.layer),
          Layer.provideMerge(EmbeddedRecord.layer),
        ),
      ),
    ),
  );
