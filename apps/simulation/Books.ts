import type { MemoryRecord } from "@strom/adapters/memory/MemoryRecord.ts";
import { Digest, Signal } from "@strom/core";

/**
 * What was done, whoever did it and whenever: every row of the agents' history as text, without what only says when
 * it was written or by how many transactions.
 */
export type Books = ReadonlyArray<string>;

const lines = function* (record: MemoryRecord): Generator<string> {
  const line = (table: string, key: string, row: unknown): string =>
    `${table} ${key} ${Digest.canonical(row)}`;
  for (const row of record.runs.values()) {
    if (!("run" in row)) yield line("run", `${row.agentId}/${row.slot}`, { error: row.error });
    else {
      const { run, configVersion, warmup, tickId } = row;
      yield line("run", `${run.agentId}/${run.slot}`, { run, configVersion, warmup, tickId });
    }
  }
  for (const { signal, runId } of record.signals.values()) {
    yield line("signal", Signal.id(signal), { runId, signal });
  }
  for (const order of record.orders.values()) yield line("order", order.id, order);
  for (const decision of record.decisions.values()) yield line("decision", decision.orderId, decision);
  for (const trade of record.trades.values()) yield line("trade", trade.id, trade);
  for (const { agentId, slot, kind, snapshot } of record.snapshots.values()) {
    yield line("snapshot", `${agentId}/${slot}`, { kind, snapshot });
  }
  for (const { id, status, version } of record.agents.values()) {
    const account = record.accounts.get(id);
    yield line("agent", id, { status, version });
    yield line("account", id, { account: account?.account, guard: account?.guard, missed: account?.missed });
    const states = [...(record.states.get(id)?.values() ?? [])];
    for (const state of states) yield line("memory", `${id}/${state.strategyId}/${state.symbol}`, state);
  }
};

export const read = (record: MemoryRecord): Books => [...lines(record)].sort();

export const digest = (books: Books): string => Digest.of(books);

/** The first row the two do not share, in a sentence; null when there is none. */
export const difference = (books: Books, others: Books): string | null => {
  const known = new Set(others);
  const mine = new Set(books);
  const extra = books.find((line) => !known.has(line));
  const missing = others.find((line) => !mine.has(line));
  if (extra === undefined && missing === undefined) return null;
  return `with faults: ${extra ?? "nothing more"}; without: ${missing ?? "nothing more"}`;
};
