import type { AgentSpec } from "@strom/core";
import { Digest, Id, Ledger, Run, Signal } from "@strom/core";
import type { FailedRun, Resident, RunRecord, Stranger } from "@strom/core/ports";
import { RuntimeStore } from "@strom/core/ports";
import { Effect, Layer } from "effect";
import { MemoryConnection } from "./MemoryConnection.ts";
import type { MemoryRecord, StateRow } from "./MemoryRecord.ts";

export const versionKey = (agentId: string, version: number): string => `${agentId}/${version}`;

/** The same strategy with the same parameters on bars as long, so that what it learned still means the same. */
const carriesOver = (
  strategyId: string,
  past: AgentSpec.AgentSpec | undefined,
  present: AgentSpec.AgentSpec,
): boolean => {
  if (past === present) return true;
  const paramsOf = (spec: AgentSpec.AgentSpec | undefined) =>
    spec?.strategies.find((choice) => choice.strategyId === strategyId)?.params;
  const before = paramsOf(past);
  const after = paramsOf(present);
  return (
    before !== undefined &&
    after !== undefined &&
    past?.frequencySeconds === present.frequencySeconds &&
    Digest.canonical(before) === Digest.canonical(after)
  );
};

/** Held, and no longer in the universe. */
const leftOver = (record: MemoryRecord, { id, symbols }: AgentSpec.AgentSpec): ReadonlyArray<string> => {
  const row = record.accounts.get(id);
  if (row === undefined) return [];
  return Ledger.held(row.account)
    .filter((symbol) => !symbols.includes(symbol))
    .sort();
};

const load = (record: MemoryRecord, agentId: Id.AgentId): Resident | null => {
  const agent = record.agents.get(agentId);
  if (agent === undefined) return null;
  const spec = record.versions.get(versionKey(agentId, agent.version));
  if (spec === undefined) return null;
  const memory: Record<string, Record<string, unknown>> = {};
  for (const { strategyId, symbol, state, version } of record.states.get(agentId)?.values() ?? []) {
    if (!carriesOver(strategyId, record.versions.get(versionKey(agentId, version)), spec)) continue;
    const ofStrategy = memory[strategyId] ?? {};
    ofStrategy[symbol] = JSON.parse(state);
    memory[strategyId] = ofStrategy;
  }
  return {
    spec,
    configVersion: agent.version,
    isRunning: agent.status === "RUNNING",
    leftOver: leftOver(record, spec),
    memory,
  };
};

const remember = (record: MemoryRecord, { run, configVersion, memory }: RunRecord): void => {
  if (memory.length === 0) return;
  const states = new Map<string, StateRow>(record.states.get(run.agentId));
  for (const { strategyId, symbol, state } of memory) {
    states.set(`${strategyId}/${symbol}`, {
      strategyId,
      symbol,
      state: JSON.stringify(state),
      version: configVersion,
    });
  }
  record.states.set(run.agentId, states);
};

const save = (record: MemoryRecord, given: RunRecord): void => {
  const { run } = given;
  const runId = Run.id(run);
  record.runs.insert(runId, given);
  record.lastRunAt.set(run.agentId, Math.max(run.at, record.lastRunAt.get(run.agentId) ?? 0));
  for (const signal of run.signals) record.signals.insert(Signal.id(signal), { signal, runId });
  remember(record, given);
};

const fail = (record: MemoryRecord, failed: FailedRun): void => {
  const runId = Id.run(failed.agentId, failed.slot);
  if (!record.agents.has(failed.agentId) || record.runs.has(runId)) return;
  record.runs.insert(runId, failed);
  record.lastRunAt.set(failed.agentId, Math.max(failed.at, record.lastRunAt.get(failed.agentId) ?? 0));
};

const strangers = (record: MemoryRecord, known: ReadonlySet<Id.StrategyId>): ReadonlyArray<Stranger> =>
  [...record.agents.values()]
    .filter(({ status, isArchived }) => status === "RUNNING" && !isArchived)
    .flatMap(({ id, version }) =>
      (record.versions.get(versionKey(id, version))?.strategies ?? [])
        .filter(({ strategyId }) => !known.has(strategyId))
        .map(({ key }) => ({ agentId: id, key })),
    )
    .sort((a, b) => (`${a.agentId} ${a.key}` < `${b.agentId} ${b.key}` ? -1 : 1));

export const layer: Layer.Layer<RuntimeStore, never, MemoryConnection> = Layer.effect(
  RuntimeStore,
  Effect.gen(function* () {
    const { ask } = yield* MemoryConnection;
    return RuntimeStore.of({
      load: (agentIds) =>
        ask("runtime.load", (record) => {
          const residents = new Map<Id.AgentId, Resident>();
          for (const agentId of agentIds) {
            const resident = load(record, agentId);
            if (resident !== null) residents.set(agentId, resident);
          }
          return residents;
        }),
      save: (records) =>
        ask("runtime.save", (record) => {
          for (const one of records) save(record, one);
        }),
      strangers: (known) => ask("runtime.strangers", (record) => strangers(record, new Set(known))),
      fail: (run) => ask("runtime.fail", (record) => fail(record, run)),
    });
  }),
);
