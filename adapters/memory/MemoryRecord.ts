import type {
  AgentSpec,
  Engine,
  FillModel,
  Guard,
  Id,
  Intent,
  Ledger,
  Agent as Machine,
  Signal,
  Strategy,
} from "@strom/core";
import type { Agent, Cursor, DeadLetter, Entry, FailedRun, RunRecord } from "@strom/core/ports";
import type { MemoryTable, Undo } from "./MemoryTable.ts";
import * as Table from "./MemoryTable.ts";

/**
 * The record of the data model in memory: the same tables, keys and guards as the migrations make, one transaction
 * at a time. Nothing here waits; who may open a transaction, and when, is decided by whoever holds the record.
 */

export interface Transition {
  readonly from: Machine.State;
  readonly to: Machine.State;
  readonly reason: string;
  readonly at: number;
}

export interface AccountRow {
  readonly account: Ledger.Account;
  readonly guard: Guard.Guard;
  readonly missed: number;
  readonly failures: number;
}

export interface OrderRow {
  readonly id: string;
  readonly order: Intent.Draft;
  readonly signalId: string;
  readonly runId: string;
  readonly ordinal: number;
  readonly status: "INTENT" | "FILLED" | "REJECTED";
  readonly rejectReason: string | null;
  readonly fill: FillModel.Fill | null;
  /** As the event that told of it; null for an order that was never approved. */
  readonly intent: string | null;
}

export interface DecisionRow {
  readonly orderId: string;
  readonly signalId: string;
  readonly runId: string;
  readonly verdict: "APPROVED" | "REJECTED";
  readonly code: string | null;
  readonly standing: Machine.State;
  readonly configVersion: number;
}

export interface TradeRow {
  readonly id: string;
  readonly orderId: string;
  readonly fillNumber: number;
  readonly agentId: string;
  readonly fill: FillModel.Fill;
  readonly entries: ReadonlyArray<Ledger.Entry>;
}

export interface StateRow {
  readonly strategyId: string;
  readonly symbol: string;
  /** JSON. */
  readonly state: string;
  readonly version: number;
}

export interface SnapshotRow {
  readonly agentId: string;
  readonly slot: number;
  readonly kind: "RUN" | "FILL";
  readonly snapshot: Engine.Review["snapshot"];
}

export interface SignalRow {
  readonly signal: Signal.Signal;
  readonly runId: string;
}

/** A row of the journal, its payload as JSON. */
export interface JournalRow extends Omit<Entry, "payload"> {
  readonly offset: number;
  readonly payload: string;
  readonly xid: number;
  readonly seq: number;
}

/** One topic and partition: the rows kept, from the offset `tail` on. Grows in place. */
export interface LaneRows {
  readonly topic: string;
  readonly partition: number;
  readonly tail: number;
  readonly rows: Array<JournalRow>;
}

export interface CursorRow extends Cursor {
  readonly position: number;
}

export interface Price {
  readonly at: number;
  readonly price: number;
  readonly volume: number | null;
}

export interface Options {
  readonly partitions: number;
  /** The record's own clock, ms since the epoch. */
  readonly now: () => number;
}

export const make = ({ partitions, now }: Options) => {
  const undos: Array<Undo> = [];
  const checks: Array<() => void> = [];
  const table = <V>(name: string): MemoryTable<V> => Table.make(name, undos);
  let xid = 1;
  let seq = 0;
  let isOpen = false;

  const tables = {
    users: table<Id.UserId>("users"),
    strategies: table<Strategy.Any>("strategies"),
    agents: table<Agent & { readonly isArchived: boolean }>("agents"),
    versions: table<AgentSpec.AgentSpec>("agent_versions"),
    transitions: table<ReadonlyArray<Transition>>("agent_transitions"),
    accounts: table<AccountRow>("accounts"),
    states: table<ReadonlyMap<string, StateRow>>("strategy_states"),
    runs: table<RunRecord | FailedRun>("agent_runs"),
    lastRunAt: table<number>("agent_runs by agent"),
    signals: table<SignalRow>("signals"),
    orders: table<OrderRow>("orders"),
    keys: table<string>("orders by intent_idempotency_key"),
    pending: table<ReadonlyArray<string>>("orders by agent, where INTENT"),
    decisions: table<DecisionRow>("risk_decisions"),
    trades: table<TradeRow>("trades"),
    fills: table<string>("trades by order and fill number"),
    snapshots: table<SnapshotRow>("pnl_snapshots"),
    lanes: table<LaneRows>("journal"),
    /** By the one key `feed`: the last place of the feed that a row was removed from. */
    pruned: table<{ readonly xid: number; readonly seq: number }>("meta"),
    events: table<number>("journal by event"),
    cursors: table<CursorRow>("cursors"),
    published: table<number>("publish_cursors"),
    letters: table<DeadLetter & { readonly at: number }>("dead_letters"),
    prices: table<Array<Price>>("market_prices"),
    markets: table<string>("market_states"),
  };

  const close = (): void => {
    undos.length = 0;
    checks.length = 0;
    xid += 1;
    isOpen = false;
  };

  const rollback = (): void => {
    while (undos.length > 0) undos.pop()?.();
    close();
  };

  return {
    ...tables,
    partitions,
    epoch: "memory",
    now,
    /** The number of the transaction that is open, or of the next. */
    xid: () => xid,
    /** A number of its own for every row of the journal. */
    nextSeq: () => ++seq,
    isOpen: () => isOpen,
    begin: (): void => {
      if (isOpen) throw new Error("the record has one transaction at a time");
      isOpen = true;
    },
    /** Takes back what was changed in place. */
    undo: (undo: Undo): void => {
      undos.push(undo);
    },
    /** To be checked when the transaction commits; what it throws rolls everything back. */
    deferred: (check: () => void): void => {
      checks.push(check);
    },
    commit: (): void => {
      try {
        for (const check of checks) check();
      } catch (broken) {
        rollback();
        throw broken;
      }
      close();
    },
    rollback,
  };
};

export type MemoryRecord = ReturnType<typeof make>;
