import type { MemoryRecord } from "@strom/adapters/memory/MemoryRecord.ts";
import { Ledger } from "@strom/core";
import type { Poison } from "./Chaos.ts";
import * as Lives from "./Lives.ts";

/** What is wrong with a record, one sentence each: the identities of the data model, and each agent's life again. */
export type Violations = ReadonlyArray<string>;

const signed = ({ side, qty }: { readonly side: string; readonly qty: bigint }): bigint =>
  side === "BUY" ? qty : -qty;

const offsets = function* (record: MemoryRecord): Generator<string> {
  for (const { topic, partition, tail, rows } of record.lanes.values()) {
    const isGapless = rows.every(({ offset }, index) => offset === tail + index);
    if (!isGapless) yield `${topic}/${partition} has a gap`;
    for (const cursor of record.cursors.values()) {
      if (cursor.topic !== topic || cursor.partition !== partition) continue;
      if (cursor.position > tail + rows.length)
        yield `${cursor.stage} is beyond the head of ${topic}/${partition}`;
    }
  }
};

const orders = function* (record: MemoryRecord): Generator<string> {
  const perOrder = Map.groupBy(record.trades.values(), ({ orderId }) => orderId);
  for (const { id, order, status, fill, runId, signalId } of record.orders.values()) {
    const trades = perOrder.get(id) ?? [];
    const filled = trades.reduce((sum, trade) => sum + trade.fill.qty, 0n);
    const decision = record.decisions.get(id);
    if (status === "INTENT") yield `order ${id} was never ended`;
    if (status === "FILLED" && (trades.length !== 1 || filled !== order.qty || fill === null))
      yield `order ${id} of ${order.qty} is FILLED by ${trades.length} trades of ${filled}`;
    if (status === "REJECTED" && trades.length > 0) yield `order ${id} is REJECTED and traded`;
    if (decision === undefined || (decision.verdict === "REJECTED") !== (status === "REJECTED"))
      yield `order ${id} is ${status} upon ${decision?.verdict}`;
    if (!record.runs.has(runId) || !record.signals.has(signalId)) yield `order ${id} has no run or no signal`;
  }
  for (const { id, orderId, entries } of record.trades.values()) {
    if (!record.orders.has(orderId)) yield `trade ${id} has no order`;
    if (entries.reduce((sum, { amount }) => sum + amount, 0n) !== 0n) yield `trade ${id} does not balance`;
  }
};

const accounts = function* (record: MemoryRecord): Generator<string> {
  for (const { id, capital } of record.agents.values()) {
    const account = record.accounts.get(id)?.account;
    if (account === undefined) {
      yield `agent ${id} has no account`;
      continue;
    }
    const fills = [...record.trades.values()].filter(({ agentId }) => agentId === id).map(({ fill }) => fill);
    const spent = fills.reduce(
      (sum, fill) => sum + (fill.side === "BUY" ? fill.notional : -fill.notional),
      0n,
    );
    const fees = fills.reduce((sum, { fee }) => sum + fee, 0n);
    if (account.cash !== capital - spent - fees)
      yield `agent ${id}: cash ${account.cash} is not what was traded`;
    if (account.fees !== fees) yield `agent ${id}: fees ${account.fees}, its trades say ${fees}`;
    for (const [symbol, of] of Map.groupBy(fills, (fill) => fill.symbol)) {
      const net = of.reduce((sum, fill) => sum + signed(fill), 0n);
      const { qty } = Ledger.position(account, symbol);
      if (qty !== net) yield `agent ${id} holds ${qty} ${symbol}, its trades make ${net}`;
    }
    const { equity, unrealized } = Ledger.mark(account, {});
    if (equity !== capital + account.realized + unrealized - account.fees)
      yield `agent ${id}: equity ${equity} is not capital + realized + unrealized - fees`;
  }
};

/** Every poisoned event is put aside, and nothing else is. */
const letters = function* (record: MemoryRecord, poison: ReadonlyArray<Poison>): Generator<string> {
  const put = new Set([...record.letters.values()].map(({ stage, row }) => `${stage}/${row.eventId}`));
  for (const { stage, eventId } of poison) {
    if (!put.delete(`${stage}/${eventId}`)) yield `the poison ${eventId} was not put aside by ${stage}`;
  }
  for (const letter of put) yield `${letter} was put aside`;
};

/** No event stands in the journal twice, and every tick was run. */
const events = function* (record: MemoryRecord): Generator<string> {
  const seen = new Set<string>();
  for (const { topic, rows } of record.lanes.values()) {
    for (const { eventId, agentId, at } of rows) {
      if (seen.has(`${topic}/${eventId}`)) yield `${topic} ${eventId} stands in the journal twice`;
      seen.add(`${topic}/${eventId}`);
      if (topic === "agent.tick" && agentId !== null && (record.lastRunAt.get(agentId) ?? 0) < at)
        yield `the tick ${eventId} of agent ${agentId} was not run`;
    }
  }
};

export const run = (record: MemoryRecord, poison: ReadonlyArray<Poison>): Violations => [
  ...offsets(record),
  ...orders(record),
  ...accounts(record),
  ...events(record),
  ...letters(record, poison),
  ...Lives.differences(record),
];
