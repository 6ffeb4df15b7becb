import type { Engine, Id } from "@strom/core";
import { FillModel, Id as Ids, Intent, Snapshot } from "@strom/core";
import type { Desk } from "@strom/core/ports";
import { ExecutionStore } from "@strom/core/ports";
import { Effect, Layer } from "effect";
import { MemoryConnection } from "./MemoryConnection.ts";
import type { MemoryRecord, OrderRow, TradeRow } from "./MemoryRecord.ts";
import { pendingOf } from "./MemoryRiskStore.ts";

const load = (record: MemoryRecord, orders: ReadonlyArray<Intent.ApprovedOrder>): Desk => {
  const accounts = new Map(
    orders.flatMap(({ agentId }) => {
      const row = record.accounts.get(agentId);
      return row === undefined ? [] : [[agentId, row.account] as const];
    }),
  );
  const open = orders.map(Intent.orderId).filter((id) => record.orders.get(id)?.status === "INTENT");
  return { accounts, open: new Set(open) };
};

/** Along the one edge out of INTENT. */
const leave = (record: MemoryRecord, id: string, change: Partial<OrderRow>): void => {
  const row = record.orders.get(id);
  if (row?.status !== "INTENT")
    throw new Error(`order ${id}: ${row?.status} to ${change.status} is not a move`);
  record.orders.set(id, { ...row, ...change });
  const { agentId } = row.order;
  record.pending.set(
    agentId,
    (record.pending.get(agentId) ?? []).filter((pending) => pending !== id),
  );
};

const insertTrade = (record: MemoryRecord, trade: TradeRow): void => {
  if (record.decisions.get(trade.orderId)?.verdict !== "APPROVED") {
    throw new Error(`trade ${trade.id} cites no approved decision`);
  }
  record.trades.insert(trade.id, trade);
  record.fills.insert(`${trade.orderId}/${trade.fillNumber}`, trade.id);
  record.deferred(() => {
    const sum = trade.entries.reduce((total, { amount }) => total + amount, 0n);
    if (sum !== 0n) throw new Error(`trade ${trade.id}: its ledger entries sum to ${sum}, not to zero`);
  });
};

const save = (record: MemoryRecord, { order, fill, account, entries, snapshot }: Engine.Settlement): void => {
  const orderId = Intent.orderId(order);
  const { agentId, slot } = order;
  const row = record.accounts.get(agentId);
  if (row === undefined) throw new Error(`agent ${agentId} has no account`);
  leave(record, orderId, { status: "FILLED", fill });
  const fillNumber = FillModel.FILL_NUMBER;
  insertTrade(record, {
    id: Ids.trade(orderId, fillNumber),
    orderId,
    fillNumber,
    agentId,
    fill,
    entries,
  });
  record.accounts.set(agentId, { ...row, account });
  record.snapshots.insert(Snapshot.fillId(orderId, fillNumber), { agentId, slot, kind: "FILL", snapshot });
};

const refuse = (record: MemoryRecord, agentId: Id.AgentId, orderId: Id.OrderId, reason: string): void => {
  const row = record.orders.get(orderId);
  if (row?.status !== "INTENT" || row.order.agentId !== agentId) return;
  leave(record, orderId, { status: "REJECTED", rejectReason: reason });
};

export const layer: Layer.Layer<ExecutionStore, never, MemoryConnection> = Layer.effect(
  ExecutionStore,
  Effect.gen(function* () {
    const { ask } = yield* MemoryConnection;
    return ExecutionStore.of({
      load: (orders) => ask("execution.load", (record) => load(record, orders)),
      save: (settlements) =>
        ask("execution.save", (record) => {
          for (const settlement of settlements) save(record, settlement);
        }),
      pending: (agentId) => ask("execution.pending", (record) => pendingOf(record, agentId)),
      refuse: (agentId, orderId, reason) =>
        ask("execution.refuse", (record) => refuse(record, agentId, orderId, reason)),
    });
  }),
);
