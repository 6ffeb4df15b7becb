import { PgTypes } from "@effect/sql-pg";
import type { AgentSpec, Catalog } from "@strom/core";
import { Agent, Catalog as Catalogs, Id, Intent, Ledger, Money, Run } from "@strom/core";
import type { ReviewRecord } from "@strom/core/ports";
import { Effect, Schema } from "effect";
import type { SqlClient } from "effect/sql/SqlClient";
import * as Comparison from "./PgComparison.ts";
import * as Expected from "./PgExpected.ts";
import * as Fills from "./PgFillRows.ts";
import * as Inputs from "./PgInputs.ts";
import * as PgLife from "./PgLife.ts";
import * as Reviews from "./PgReviewRows.ts";
import * as Row from "./PgRow.ts";
import * as Runs from "./PgRunRows.ts";
import * as PgSpecs from "./PgSpecs.ts";

/** Runs verified by one set of queries. */
const PAGE = 200;

const decodeState = Schema.decodeUnknownSync(Agent.State);

interface Page {
  readonly chapters: ReadonlyArray<PgLife.Chapter & { readonly isReviewed: boolean; readonly ids: string }>;
}

/** What one agent's verification found: the first thing wrong, or how much was right. */
export interface Found {
  readonly message: string | null;
  readonly runs: number;
  readonly trades: number;
}

const chapterOf = (row: Row.Row) => {
  const status = row["agent_status"] === null ? ("RUNNING" as const) : decodeState(row["agent_status"]);
  return {
    ids: `${Row.text(row, "id")} ${Row.textOrNull(row, "tick_event_id")}`,
    beat: { slot: Row.number(row, "slot"), at: Row.number(row, "tick_time") },
    version: Row.number(row, "config_version"),
    standing: { status, isEnabled: Agent.isEnabled(status) },
    inputs: Inputs.decode(Row.json(row, "inputs")),
    isReviewed: Row.boolean(row, "is_reviewed"),
  };
};

/** Everything on record of one agent against its life lived again from the recorded inputs. */
export const verify = Effect.fnUntraced(function* (
  sql: SqlClient,
  catalog: Catalog.Catalog,
  agentId: Id.AgentId,
) {
  const versions = yield* sql<Row.Row>`
    select agent_id, version, configuration from agent_versions where agent_id = ${agentId}::uuid`;
  const specs = new Map<number, AgentSpec.AgentSpec>(
    versions.map((row) => [Row.number(row, "version"), PgSpecs.decode(row)]),
  );
  const specOf = (version: number): AgentSpec.AgentSpec => {
    const spec = specs.get(version);
    if (spec === undefined)
      throw new Row.RowInvalid("config_version", version, `a version of agent ${agentId}`);
    return spec;
  };
  const isKnown = [...specs.values()].every(({ strategies }) =>
    strategies.every(({ strategyId }) => Catalogs.findById(catalog, strategyId) !== undefined),
  );
  const asides = yield* sql`
    select 1 from dead_letters where agent_id = ${agentId}::uuid and stage in ('risk', 'execution') limit 1`;
  // A strategy that is not here cannot speak again, and what was put aside left holes: the sums must do.
  if (!isKnown || asides.length > 0) return { message: null, runs: 0, trades: 0 } satisfies Found;

  const life = PgLife.make(catalog, specOf);
  const memory = new Map<string, Runs.MemoryRow>();
  let posted: Ledger.Account | null = null;
  let reviewed: ReviewRecord | null = null;
  let isPending = false;
  let runs = 0;
  let trades = 0;
  const counts = { orders: 0, decisions: 0, snapshots: 0 };

  const pageAfter = Effect.fnUntraced(function* (slot: number) {
    const rows = yield* sql<Row.Row>`
      select r.id, r.slot, r.tick_time, r.tick_event_id, r.config_version, r.inputs,
        (select d.agent_status from risk_decisions d
          where d.agent_id = r.agent_id and d.at = r.tick_time and d.agent_run_id = r.id limit 1) as agent_status,
        exists (select 1 from pnl_snapshots s
          where s.agent_id = r.agent_id and s.ts = r.tick_time and s.kind = 'RUN' and s.slot = r.slot) as is_reviewed
      from agent_runs r
      where r.agent_id = ${agentId}::uuid and r.status = 'COMPLETED' and r.slot > ${slot}::bigint
      order by r.slot limit ${PAGE}::int`;
    return { chapters: rows.map(chapterOf) } satisfies Page;
  });

  const filledOf = Effect.fnUntraced(function* (settlements: Fills.Settlements) {
    if (settlements.length === 0) return settlements;
    const ids = settlements.map(({ order }) => Intent.orderId(order));
    const rows = yield* sql<Row.Row>`
      select id as order_id from orders where status = 'FILLED'
        and id in (select value::uuid from json_array_elements_text(${PgTypes.json(ids)}))`;
    const filled = new Set(rows.map((row) => Row.orderId(row)));
    return settlements.filter(({ order }) => filled.has(Intent.orderId(order)));
  });

  const comparePage = Effect.fnUntraced(function* ({ chapters }: Page) {
    const lived = chapters.map((chapter) => ({ chapter, ...life.live(chapter) }));
    for (const { chapter, outcome } of lived) {
      const expected = `${Run.id(outcome.run)} ${Id.tick(agentId, chapter.beat.slot)}`;
      if (expected !== chapter.ids) {
        return `agent_runs of slot ${chapter.beat.slot}: id and tick are ${chapter.ids}, should be ${expected}`;
      }
    }
    const heard = lived.filter(({ chapter }) => chapter.isReviewed);
    if (isPending && heard.length > 0) return `a run of agent ${agentId} was reviewed before an earlier one`;
    const gap = lived.findIndex(({ chapter }) => !chapter.isReviewed);
    if (gap >= 0 && gap < heard.length)
      return `run ${Run.id(lived[gap]?.outcome.run ?? { agentId, slot: 0 })} was not reviewed, a later one was`;
    isPending = isPending || gap >= 0;

    const records = lived.map(({ chapter, outcome, memory: changed }) => ({
      run: outcome.run,
      review: outcome.review,
      standing: chapter.standing,
      configVersion: chapter.version,
      memory: changed,
      tickId: Id.tick(agentId, chapter.beat.slot),
      startedAt: chapter.beat.at,
      completedAt: chapter.beat.at,
      warmup: null,
    }));
    for (const row of Runs.memory(records)) memory.set(`${row.strategy_id}/${row.symbol}`, row);
    const heardRecords = records.slice(0, heard.length);
    const settlements = lived.slice(0, heard.length).flatMap(({ outcome }) => outcome.settlements);
    const filled = yield* filledOf(settlements);
    const runIds = records.map(({ run }) => Run.id(run));
    const orderIds = settlements.map(({ order }) => Intent.orderId(order));
    const tradeRows = Fills.fills(filled).map(({ trade_id, ...row }) => ({ id: trade_id, ...row }));
    const orders = Reviews.orders(heardRecords);
    const decisions = Reviews.decisions(heardRecords);
    const snapshots = [...Reviews.snapshots(heardRecords), ...Fills.snapshots(filled)];
    const instants = records.map(({ run }) => run.at);
    const span: Expected.Span = {
      agent: agentId,
      from: Row.iso(Math.min(...instants)),
      to: Row.iso(Math.max(...instants)),
    };
    const checks = [
      [Expected.signals, [...Runs.signals(records), ...Reviews.exits(heardRecords)], runIds],
      [Expected.orders, orders, span],
      [Expected.decisions, decisions, span],
      [Expected.trades, tradeRows, orderIds],
      [Expected.entries, Fills.entries(filled), tradeRows.map(({ id }) => id)],
      [Expected.snapshots, snapshots, span],
    ] as const;
    for (const [table, rows, scope] of checks) {
      const message = yield* Comparison.differs(sql, table, rows, scope);
      if (message !== null) return message;
    }
    const last = heardRecords.at(-1);
    if (last !== undefined) reviewed = last;
    posted = filled.at(-1)?.account ?? posted;
    counts.orders += orders.length;
    counts.decisions += decisions.length;
    counts.snapshots += snapshots.length;
    runs += records.length;
    trades += filled.length;
    return null;
  });

  /** Where the books and the memory stand after the last page. */
  const compareEnd = Effect.fnUntraced(function* () {
    const scope = { agent: agentId };
    for (const [table, count] of [
      [Expected.orders, counts.orders],
      [Expected.decisions, counts.decisions],
      [Expected.snapshots, counts.snapshots],
    ] as const) {
      const message = yield* Comparison.miscounted(sql, table, agentId, count);
      if (message !== null) return message;
    }
    const account = posted;
    const positions = account === null ? [] : Fills.standing(agentId, account);
    const held = yield* Comparison.differs(sql, Expected.positions, positions, scope);
    if (held !== null) return held;
    const states = yield* Comparison.differs(sql, Expected.memory, [...memory.values()], scope);
    if (states !== null || reviewed === null) return states;
    const capitals = yield* sql<Row.Row>`select capital from agents where id = ${agentId}::uuid`;
    const capital = capitals[0] === undefined ? Money.ZERO_CASH : Row.cash(capitals[0], "capital");
    const { configVersion, review } = reviewed;
    // Capital may have been paid in or taken out since.
    const guard = PgLife.guardWith(review.guard, capital - specOf(configVersion).capital);
    const books = account === null ? Ledger.open(capital) : PgLife.accountWith(account, capital);
    const [remembered] = Reviews.accounts([{ ...reviewed, review: { ...review, guard } }]);
    const expected = { ...remembered, ...Fills.accountRow(agentId, books) };
    return yield* Comparison.differs(sql, Expected.accounts, [expected], scope);
  });

  let slot = Number.MIN_SAFE_INTEGER;
  while (true) {
    const page = yield* pageAfter(slot);
    const last = page.chapters.at(-1);
    if (last === undefined) break;
    const message = yield* comparePage(page);
    if (message !== null) return { message, runs, trades } satisfies Found;
    slot = last.beat.slot;
  }
  return { message: yield* compareEnd(), runs, trades } satisfies Found;
});
