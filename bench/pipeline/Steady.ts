import * as Composition from "@strom/apps/Composition.ts";
import * as Pipeline from "@strom/apps/pipeline/Pipeline.ts";
import * as Progress from "@strom/apps/pipeline/Progress.ts";
import * as Publisher from "@strom/apps/pipeline/Publisher.ts";
import { roles } from "@strom/core/ports";
import { Effect, Layer } from "effect";
import { SqlClient } from "effect/sql";
import * as House from "./House.ts";
import { catalog } from "./Metronome.ts";

/** A fleet that is ticked by the machine's clock: whether every slot is run, and how soon. */
export interface Load {
  readonly agents: number;
  /** An agent trades on every n-th of its ticks. */
  readonly every: number;
  /** Seconds between two slots of an agent. */
  readonly frequency: number;
  readonly seconds: number;
}

export interface Result {
  readonly due: number;
  readonly run: number;
  /** Slots the agents count as missed. */
  readonly missed: number;
  readonly fills: number;
  /** From the slot's instant to the commit of its run, as Postgres noted it, ms. */
  readonly toRun: { readonly p50: number; readonly p99: number; readonly max: number };
  /** From the slot's instant to the commit of its fill, ms. */
  readonly toFill: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Events under way half-way and at the end. */
  readonly lag: readonly [number, number];
  /** What the database grew by, for each run. */
  readonly bytesPerRun: number;
  readonly cores: { readonly node: number; readonly postgres: number; readonly nats: number };
}

/** Left out of the figures: strategies are warmed up, code is compiled, caches are filled. */
const WARMUP_MS = 15_000;

interface Times {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** The instant of a commit is not in any row: `track_commit_timestamp` keeps it for each transaction. */
const times = (table: "agent_runs" | "trades", from: number, to: number) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;
    const at = table === "agent_runs" ? "tick_time" : "ts";
    const rows = yield* sql.unsafe<Times>(
      `select count(*)::int as count,
        coalesce(percentile_cont(0.5) within group (order by ms), 0)::float8 as p50,
        coalesce(percentile_cont(0.99) within group (order by ms), 0)::float8 as p99,
        coalesce(max(ms), 0)::float8 as max
      from (select extract(epoch from pg_xact_commit_timestamp(t.xmin) - t.${at}) * 1000 as ms from ${table} t
        where t.${at} >= $1::timestamptz and t.${at} < $2::timestamptz) d`,
      [new Date(from).toISOString(), new Date(to).toISOString()],
    );
    return rows[0] ?? { count: 0, p50: 0, p99: 0, max: 0 };
  });

const databaseBytes = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  const rows = yield* sql<{ readonly bytes: number }>`
    select pg_database_size(current_database())::float8 as bytes`;
  return rows[0]?.bytes ?? Number.NaN;
});

const slotsMissed = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  const rows = yield* sql<{ readonly missed: number }>`
    select coalesce(sum(missed_ticks), 0)::float8 as missed from accounts`;
  return rows[0]?.missed ?? Number.NaN;
});

export const run = Effect.fnUntraced(function* (env: House.Env, load: Load, machines: House.Machines) {
  const settings = yield* House.read({ ...env, STROM_SYMBOLS: House.symbols.join(",") });
  return yield* Effect.gen(function* () {
    yield* House.launch(load.agents, load.every, load.frequency);
    yield* Layer.build(
      Pipeline.layerShared({
        catalog,
        source: Composition.sourceOf(settings),
        retention: settings,
        publisher: Publisher.brokered,
      }).pipe(Layer.provide(Composition.layerOwnership(settings, roles))),
    );
    yield* Effect.sleep(WARMUP_MS);
    const from = Math.ceil(Date.now() / 1_000) * 1_000;
    const to = from + load.seconds * 1_000;
    const sizeBefore = yield* databaseBytes;
    const missedBefore = yield* slotsMissed;
    const cpu = House.processorSeconds(machines);
    yield* Effect.sleep(from + (load.seconds * 1_000) / 2 - Date.now());
    const half = yield* Progress.waiting;
    yield* Effect.sleep(to - Date.now());
    const end = yield* Progress.waiting;
    const grown = (yield* databaseBytes) - sizeBefore;
    const used = House.processorSeconds(machines);
    const missed = (yield* slotsMissed) - missedBefore;
    // What was due in the window may still be on its way.
    yield* Effect.sleep(5_000);
    const { count: run, ...toRun } = yield* times("agent_runs", from, to);
    const { count: fills, ...toFill } = yield* times("trades", from, to);
    const share = (name: "node" | "postgres" | "nats"): number => (used[name] - cpu[name]) / load.seconds;
    const result: Result = {
      due: (load.agents * load.seconds) / load.frequency,
      run,
      missed,
      fills,
      toRun,
      toFill,
      lag: [half, end],
      bytesPerRun: grown / Math.max(1, run),
      cores: { node: share("node"), postgres: share("postgres"), nats: share("nats") },
    };
    return result;
  }).pipe(Effect.scoped, Effect.provide(House.record(env)));
});
