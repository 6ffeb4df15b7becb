import { Agent as Machine } from "@strom/core";
import type { Failure, Fallen, Ticking } from "@strom/core/ports";
import { AgentRoster } from "@strom/core/ports";
import { Effect, Layer, Result } from "effect";
import { MemoryConnection } from "./MemoryConnection.ts";
import { laneKey } from "./MemoryJournal.ts";
import type { MemoryRecord } from "./MemoryRecord.ts";

/** The instants of ticks that wait to be run, also where nobody has read yet. */
const waiting = (record: MemoryRecord): ReadonlyMap<string, number> => {
  const found = new Map<string, number>();
  for (const { topic, partition, tail, rows } of record.lanes.values()) {
    if (topic !== "agent.tick") continue;
    const position = record.cursors.get(`runtime/${laneKey(topic, partition)}`)?.position ?? 0;
    for (const { agentId, at } of rows.slice(Math.max(0, position - tail))) {
      if (agentId !== null) found.set(agentId, Math.max(at, found.get(agentId) ?? 0));
    }
  }
  return found;
};

const running = (record: MemoryRecord): ReadonlyArray<Ticking> => {
  const ticks = waiting(record);
  return [...record.agents.values()]
    .filter(({ isEnabled, status, isArchived }) => isEnabled && status === "RUNNING" && !isArchived)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, frequencySeconds, symbols }) => {
      const moves = record.transitions.get(id) ?? [];
      const starts = moves.filter(({ from, to }) => to === "RUNNING" && from !== "RUNNING");
      const lastAt = Math.max(ticks.get(id) ?? -1, record.lastRunAt.get(id) ?? -1);
      const runningSince = starts.at(-1)?.at ?? 0;
      const periods = moves.flatMap(({ to, at }, index) =>
        to === "RUNNING" ? [{ from: at, to: moves[index + 1]?.at ?? at }] : [],
      );
      return {
        agentId: id,
        frequencySeconds,
        symbols,
        runningSince,
        lastAt: lastAt < 0 ? null : lastAt,
        earlier: periods.filter(({ from, to }) => from < runningSince && to > lastAt),
      };
    });
};

const changes = (record: MemoryRecord): number => {
  let sum = 0;
  for (const { topic, tail, rows } of record.lanes.values())
    if (topic === "agent.changed") sum += tail + rows.length;
  return sum;
};

/** Whether the newest `inARow` events of the agent that the stage has passed are all dead letters, of its present life. */
const isHopeless = (record: MemoryRecord, failure: Failure, inARow: number): boolean => {
  const { stage, topic, partition, agentId, offset } = failure;
  const own = (record.lanes.get(laneKey(topic, partition))?.rows ?? []).filter(
    (row) => row.agentId === agentId && row.offset <= offset,
  );
  const last = own.slice(-inARow);
  const starts = (record.transitions.get(agentId) ?? []).filter(
    ({ from, to }) => to === "RUNNING" && from !== "RUNNING",
  );
  const since = starts.at(-1)?.at ?? 0;
  return (
    last.length === inARow &&
    last.every((row) => {
      const letter = record.letters.get(`${stage}/${topic}/${partition}/${row.offset}`);
      return letter !== undefined && letter.at >= since;
    })
  );
};

const fail = (record: MemoryRecord, failure: Failure, inARow: number): Fallen | null => {
  const agent = record.agents.get(failure.agentId);
  if (agent === undefined) return null;
  const failed = { ...agent, lastError: failure.error };
  record.agents.set(agent.id, failed);
  if (!isHopeless(record, failure, inARow)) return null;
  if (Result.isFailure(Machine.transition(agent.status, "fail"))) return null;
  const reason = `${inARow} events in a row could not be processed by ${failure.stage}: ${failure.error}`;
  record.agents.set(agent.id, { ...failed, status: "ERROR", isEnabled: false });
  const transitions = [
    ...(record.transitions.get(agent.id) ?? []),
    { from: agent.status, to: "ERROR", reason, at: record.now() } as const,
  ];
  record.transitions.set(agent.id, transitions);
  return { sequence: transitions.length, from: agent.status, configVersion: agent.version, reason };
};

export const layer: Layer.Layer<AgentRoster, never, MemoryConnection> = Layer.effect(
  AgentRoster,
  Effect.gen(function* () {
    const { ask } = yield* MemoryConnection;
    return AgentRoster.of({
      running: ask("roster.running", running),
      changes: ask("roster.changes", changes),
      miss: (missed) =>
        ask("roster.miss", (record) => {
          for (const { agentId, slots } of missed) {
            const row = record.accounts.get(agentId);
            if (row !== undefined) record.accounts.set(agentId, { ...row, missed: row.missed + slots });
          }
        }),
      fail: (failure, inARow) => ask("roster.fail", (record) => fail(record, failure, inARow)),
    });
  }),
);
