import * as Pipeline from "@strom/apps/pipeline/Pipeline.ts";
import * as Progress from "@strom/apps/pipeline/Progress.ts";
import { Effect, Layer } from "effect";
import { SqlClient } from "effect/sql";
import * as EmbeddedRecord from "./EmbeddedRecord.ts";
import type { Figure, Flags } from "./Figure.ts";

export const name = "pipeline-embedded";
export const about =
  "agents at 1 Hz on the embedded database: every slot ticked, lag, memory (--agents 1000 --seconds 60)";

const AGENTS = 1_000;
const SECONDS = 60;
/** Left out of the figures: agents start, strategies warm up, code is compiled. */
const WARMUP_SECONDS = 5;

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

const measure = Effect.fnUntraced(function* ({ agents = AGENTS, seconds = SECONDS }: Flags) {
  yield* EmbeddedRecord.makeAgents(agents);
  yield* Layer.build(
    Pipeline.layer({
      catalog: EmbeddedRecord.catalog,
      source: { kind: "sim", symbols: EmbeddedRecord.symbols, seed: 42n },
      retention: { journalDays: 7, priceDays: 30 },
    }),
  );
  yield* Effect.sleep(WARMUP_SECONDS * 1000);
  const from = Math.ceil(Date.now() / 1000) * 1000;
  const before = yield* counts(from, from);
  const cpu = process.cpuUsage();
  yield* Effect.sleep((seconds * 1000) / 2);
  const lagHalf = yield* Progress.waiting;
  const memoryHalf = megabytes();
  yield* Effect.sleep((seconds * 1000) / 2);
  const used = process.cpuUsage(cpu);
  const lagEnd = yield* Progress.waiting;
  const memoryEnd = megabytes();
  const to = from + seconds * 1000;
  yield* Effect.sleep(2_000);
  const { runs, missed, fills, p50, p99 } = yield* counts(from, to);
  const figures: ReadonlyArray<Figure> = [
    { what: "agents", value: agents, unit: "" },
    { what: "time", value: seconds, unit: "s" },
    { what: "slots run of those due", value: (100 * runs) / (agents * seconds), unit: "%", atLeast: 100 },
    { what: "slots missed", value: missed - before.missed, unit: "", atMost: 0 },
    { what: "slot to committed run, p50", value: p50, unit: "ms" },
    { what: "slot to committed run, p99", value: p99, unit: "ms", atMost: 500 },
    { what: "fills", value: fills - before.fills, unit: "" },
    { what: "events waiting, half-way", value: lagHalf, unit: "" },
    { what: "events waiting, at the end", value: lagEnd, unit: "" },
    { what: "resident memory, half-way", value: memoryHalf, unit: "MB" },
    { what: "resident memory, at the end", value: memoryEnd, unit: "MB" },
    { what: "processor time", value: (used.user + used.system) / 1e4 / seconds, unit: "% of a core" },
  ];
  return figures;
});

export const run = (flags: Flags): Promise<ReadonlyArray<Figure>> =>
  Effect.runPromise(measure(flags).pipe(Effect.scoped, Effect.provide(EmbeddedRecord.layer)));
