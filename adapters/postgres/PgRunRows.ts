import type { Id } from "@strom/core";
import { Run, Signal } from "@strom/core";
import type { RunRecord } from "@strom/core/ports";
import * as Inputs from "./PgInputs.ts";
import * as Row from "./PgRow.ts";

/** What a run becomes in the record: the rows the runtime writes, and the rows a verification expects to find. */
export const runs = (records: ReadonlyArray<RunRecord>) =>
  records.map(({ run, configVersion, tickId, startedAt, completedAt, warmup }) => ({
    id: Run.id(run),
    agent_id: run.agentId,
    tick_time: Row.iso(run.at),
    started_at: Row.iso(startedAt),
    completed_at: Row.iso(completedAt),
    slot: run.slot,
    config_version: configVersion,
    tick_event_id: tickId,
    inputs: Inputs.encode({ observations: run.observations, warmup }),
  }));

export const signals = (records: ReadonlyArray<RunRecord>) =>
  records.flatMap(({ run }) =>
    run.signals.map((signal, ordinal) => ({
      id: Signal.id(signal),
      agent_run_id: Run.id(run),
      agent_id: run.agentId,
      symbol: signal.symbol,
      side: signal.side,
      confidence: signal.confidence,
      rationale: signal.rationale,
      strategy_id: signal.origin === "exit" ? null : signal.origin,
      slot: run.slot,
      ordinal,
      created_at: Row.iso(run.at),
    })),
  );

export interface MemoryRow {
  readonly agent_id: Id.AgentId;
  readonly strategy_id: Id.StrategyId;
  readonly symbol: string;
  readonly state: unknown;
  readonly slot: number;
  readonly config_version: number;
}

/** The last word of a batch on each (agent, strategy, symbol): a statement may touch a row only once. */
export const memory = (records: ReadonlyArray<RunRecord>) => {
  const rows = new Map<string, MemoryRow>();
  for (const { run, configVersion, memory } of records) {
    for (const { strategyId, symbol, state } of memory) {
      rows.set(`${run.agentId}/${strategyId}/${symbol}`, {
        agent_id: run.agentId,
        strategy_id: strategyId,
        symbol,
        state,
        slot: run.slot,
        config_version: configVersion,
      });
    }
  }
  return [...rows.values()];
};
