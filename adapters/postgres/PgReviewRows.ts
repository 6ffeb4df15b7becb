import { Intent, Money, Risk, Run, Signal, Snapshot } from "@strom/core";
import type { ReviewRecord } from "@strom/core/ports";
import * as PgIntents from "./PgIntents.ts";
import * as PgPnl from "./PgPnl.ts";
import * as Row from "./PgRow.ts";

/** What a review becomes in the record: the rows risk writes, and the rows a verification expects to find. */

/** Signals of the protective exits: the runtime wrote those of the strategies, these are first heard of here. */
export const exits = (records: ReadonlyArray<ReviewRecord>) =>
  records.flatMap(({ run, review }) =>
    review.verdicts
      .filter(({ signal }) => signal.origin === "exit")
      .map(({ signal }, index) => ({
        id: Signal.id(signal),
        agent_run_id: Run.id(run),
        agent_id: run.agentId,
        symbol: signal.symbol,
        side: signal.side,
        confidence: signal.confidence,
        rationale: signal.rationale,
        slot: run.slot,
        ordinal: run.signals.length + index,
        created_at: Row.iso(run.at),
      })),
  );

export const orders = (records: ReadonlyArray<ReviewRecord>) =>
  records.flatMap(({ run, review }) =>
    review.verdicts.map((verdict, ordinal) => ({
      id: Intent.orderId(verdict.order),
      agent_id: run.agentId,
      agent_run_id: Run.id(run),
      symbol: verdict.order.symbol,
      side: verdict.order.side,
      qty: Money.format(verdict.order.qty),
      intent_idempotency_key: Intent.idempotencyKey(verdict.order),
      status: verdict._tag === "Approved" ? "INTENT" : "REJECTED",
      requested_price: Money.format(verdict.order.price),
      reject_reason: verdict._tag === "Approved" ? null : verdict.reason,
      signal_id: Intent.signalId(verdict.order),
      slot: run.slot,
      ordinal,
      intent: verdict._tag === "Approved" ? PgIntents.encode(verdict.order) : null,
      created_at: Row.iso(run.at),
    })),
  );

export const decisions = (records: ReadonlyArray<ReviewRecord>) =>
  records.flatMap(({ run, configVersion, standing, review }) =>
    review.verdicts.map((verdict) => ({
      intent_idempotency_key: Intent.idempotencyKey(verdict.order),
      order_id: Intent.orderId(verdict.order),
      signal_id: Intent.signalId(verdict.order),
      agent_id: run.agentId,
      agent_run_id: Run.id(run),
      slot: run.slot,
      verdict: verdict._tag === "Approved" ? "APPROVED" : "REJECTED",
      code: verdict._tag === "Approved" ? null : verdict.reason,
      rules: Risk.records(verdict.evidence),
      agent_status: standing.status,
      config_version: configVersion,
      at: Row.iso(run.at),
    })),
  );

const prices = (values: Intent.Marks): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([symbol, price]) => [symbol, Money.format(price)]));

/** What each account remembers after its last run of the batch. */
export const accounts = (records: ReadonlyArray<ReviewRecord>) => {
  const last = new Map(records.map((record) => [record.run.agentId, record]));
  return [...last.values()].map(({ run, review: { guard, marks } }) => ({
    agent_id: run.agentId,
    peak_equity: Money.format(guard.peakEquity),
    day: Row.date(guard.day),
    day_start_equity: Money.format(guard.dayStartEquity),
    trail: prices(guard.trail),
    marks: prices(marks),
    marked_at: Row.iso(run.at),
    last_slot: run.slot,
  }));
};

export const snapshots = (records: ReadonlyArray<ReviewRecord>) =>
  records.map(({ run, review }) =>
    PgPnl.row(Snapshot.runId(run.agentId, run.slot), run.agentId, run.slot, "RUN", review.snapshot),
  );
