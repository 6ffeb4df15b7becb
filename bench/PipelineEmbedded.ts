import * as InProcessBus from "@strom/adapters/inprocess/InProcessBus.ts";
import * as PgAgentRoster from "@strom/adapters/postgres/PgAgentRoster.ts";
import * as PgAgents from "@strom/adapters/postgres/PgAgents.ts";
import * as PgDatabase from "@strom/adapters/postgres/PgDatabase.ts";
import * as PgEmbedded from "@strom/adapters/postgres/PgEmbedded.ts";
import * as PgExecutionStore from "@strom/adapters/postgres/PgExecutionStore.ts";
import * as PgExpiry from "@strom/adapters/postgres/PgExpiry.ts";
import * as PgHousekeeping from "@strom/adapters/postgres/PgHousekeeping.ts";
import * as PgJournal from "@strom/adapters/postgres/PgJournal.ts";
import * as PgMigrator from "@strom/adapters/postgres/PgMigrator.ts";
import * as PgPriceBook from "@strom/adapters/postgres/PgPriceBook.ts";
import * as PgRiskStore from "@strom/adapters/postgres/PgRiskStore.ts";
import * as PgRuntimeStore from "@strom/adapters/postgres/PgRuntimeStore.ts";
import * as PgShelf from "@strom/adapters/postgres/PgShelf.ts";
import * as PgUsers from "@strom/adapters/postgres/PgUsers.ts";
import * as PgVerify from "@strom/adapters/postgres/PgVerify.ts";
import * as Pipeline from "@strom/apps/pipeline/Pipeline.ts";
import * as Progress from "@strom/apps/pipeline/Progress.ts";
import type { AgentSpec } from "@strom/core";
import { Catalog, Id, Money, RiskProfile } from "@strom/core";
import { Agents, Shelf, Users } from "@strom/core/ports";
import { Effect, Layer, Logger, Result } from "effect";
import { SqlClient } from "effect/sql";
import type { Figure } from "./Figure.ts";

export const name = "pipeline-embedded";
export const about = "1,000 agents at 1 Hz for 60 s on the embedded database: every slot ticked, lag, memory";

const AGENTS = Number(process.env["BENCH_AGENTS"] ?? 1_000);
const SECONDS = Number(process.env["BENCH_SECONDS"] ?? 60);
/** Left out of the figures: agents start, strategies warm up, code is compiled. */
const WARMUP_SECONDS = 5;

const symbols = ["NSE:NIFTY50-INDEX", "NSE:BANKNIFTY-INDEX", "BTC-USD", "ETH-USD"];
const catalog = Catalog.make(Catalog.builtIn);

const record = Layer.mergeAll(
  PgAgentRoster.layer,
  PgAgents.layer,
  PgExecutionStore.layer,
  PgExpiry.layer,
  PgPriceBook.layer,
  PgRiskStore.layer,
  PgRuntimeStore.layer,
  PgShelf.layer,
  PgUsers.layer,
  PgVerify.layer,
).pipe(
  Layer.provideMerge(Layer.mergeAll(PgDatabase.layer, PgJournal.layer, InProcessBus.layer)),
  Layer.provideMerge(PgMigrator.layer()),
  Layer.provideMerge(PgHousekeeping.layer.pipe(Layer.provideMerge(PgEmbedded.layerTemporary))),
  Layer.provide(Logger.layer([])),
);

const ema = Result.getOrThrow(
  Result.fromNullishOr(Catalog.find(catalog, "ema_crossover"), () => new Error("no ema_crossover")),
);

/** Two symbols each, one strategy of ordinary length. */
const configuration = (index: number): AgentSpec.Configuration => ({
  name: `agent ${index}`,
  mode: "paper",
  frequencySeconds: 1,
  symbols: [symbols[index % 4] ?? "BTC-USD", symbols[(index + 1) % 4] ?? "ETH-USD"],
  strategies: [{ strategyId: ema.id, key: ema.key, params: { ema_fast: 9, ema_slow: 21 } }],
  risk: RiskProfile.standard,
  capital: Money.cash(100_000n * Money.ONE),
});

const makeAgents = Effect.gen(function* () {
  yield* (yield* Shelf).stock(catalog.strategies);
  const agents = yield* Agents;
  const userId = yield* (yield* Users).byEmail("bench@example.com");
  for (let index = 0; index < AGENTS; index++) {
    yield* agents.create({
      id: Id.derive("bench agent", index) as Id.AgentId,
      userId,
      seed: BigInt(index),
      configuration: configuration(index),
      moves: [
        { to: "CONFIGURED", reason: "bench" },
        { to: "RUNNING", reason: "bench" },
      ],
    });
  }
});

interface Counts {
  readonly runs: number;
  readonly missed: number;
  readonly fills: number;
  readonly p50: number;
  readonly p99: number;
}

const counts = (from: number, to: number) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;
    const rows = yield* sql<Counts>`
      select count(*)::int as runs,
        coalesce(percentile_cont(0.5) within group (order by extract(epoch from completed_at - tick_time) * 1000), 0)::float8 as p50,
        coalesce(percentile_cont(0.99) within group (order by extract(epoch from completed_at - tick_time) * 1000), 0)::float8 as p99,
        (select coalesce(sum(missed_ticks), 0)::int from accounts) as missed,
        (select count(*)::int from trades) as fills
      from agent_runs
      where tick_time >= ${new Date(from).toISOString()}::timestamptz and tick_time < ${new Date(to).toISOString()}::timestamptz`;
    return rows[0] ?? { runs: 0, missed: 0, fills: 0, p50: 0, p99: 0 };
  });

const megabytes = (): number => {
  if (global.gc !== undefined) global.gc();
  return process.memoryUsage().rss / 1e6;
};

const measure = Effect.gen(function* () {
  yield* makeAgents;
  yield* Layer.build(
    Pipeline.layer({
      catalog,
      source: { kind: "sim", symbols, seed: 42n },
      retention: { journalDays: 7, priceDays: 365 },
    }),
  );
  yield* Effect.sleep(WARMUP_SECONDS * 1000);
  const from = Math.ceil(Date.now() / 1000) * 1000;
  const cpu = process.cpuUsage();
  yield* Effect.sleep((SECONDS * 1000) / 2);
  const lagHalf = yield* Progress.waiting;
  const memoryHalf = megabytes();
  yield* Effect.sleep((SECONDS * 1000) / 2);
  const used = process.cpuUsage(cpu);
  const lagEnd = yield* Progress.waiting;
  const memoryEnd = megabytes();
  const to = from + SECONDS * 1000;
  yield* Effect.sleep(2_000);
  const { runs, missed, fills, p50, p99 } = yield* counts(from, to);
  const figures: ReadonlyArray<Figure> = [
    { what: "slots run of those due", value: (100 * runs) / (AGENTS * SECONDS), unit: "%", atLeast: 100 },
    { what: "slots missed", value: missed, unit: "", atMost: 0 },
    { what: "slot to committed run, p50", value: p50, unit: "ms" },
    { what: "slot to committed run, p99", value: p99, unit: "ms", atMost: 500 },
    { what: "fills", value: fills, unit: "" },
    { what: "events waiting, half-way", value: lagHalf, unit: "" },
    { what: "events waiting, at the end", value: lagEnd, unit: "" },
    { what: "resident memory, half-way", value: memoryHalf, unit: "MB" },
    { what: "resident memory, at the end", value: memoryEnd, unit: "MB" },
    { what: "processor time", value: (used.user + used.system) / 1e4 / SECONDS, unit: "% of a core" },
  ];
  return figures;
});

export const run = (): Promise<ReadonlyArray<Figure>> =>
  Effect.runPromise(measure.pipe(Effect.scoped, Effect.provide(record)));
