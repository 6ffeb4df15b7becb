import type { AgentSpec, Id, Risk } from "@strom/core";
import { Event, Intent, Run, Signal, Snapshot } from "@strom/core";
import type { Question, Reviewed, ReviewRecord } from "@strom/core/ports";
import { RiskStore } from "@strom/core/ports";
import { Effect, Layer, Result } from "effect";
import { MemoryConnection } from "./MemoryConnection.ts";
import type { MemoryRecord } from "./MemoryRecord.ts";
import { versionKey } from "./MemoryRuntimeStore.ts";

const approvedOf = (intent: string | null): Intent.ApprovedOrder => {
  const event = Result.getOrThrowWith(Event.parse(intent ?? "null"), (error) => error);
  if (event._tag !== "order.intent") throw new Error(`an intent is kept as ${event._tag}`);
  return event.order;
};

/** Approved and not filled yet, in the order approved. */
export const pendingOf = (record: MemoryRecord, agentId: Id.AgentId): ReadonlyArray<Intent.ApprovedOrder> =>
  (record.pending.get(agentId) ?? [])
    .map((id) => record.orders.get(id))
    .filter((row) => row !== undefined)
    .sort((a, b) => a.order.slot - b.order.slot || a.ordinal - b.ordinal)
    .map(({ intent }) => approvedOf(intent));

const load = (
  record: MemoryRecord,
  questions: ReadonlyArray<Question>,
): ReadonlyMap<Id.AgentId, Reviewed> => {
  const found = new Map<Id.AgentId, Reviewed>();
  for (const [agentId, asked] of Map.groupBy(questions, ({ run }) => run.agentId)) {
    const agent = record.agents.get(agentId);
    const row = record.accounts.get(agentId);
    if (agent === undefined || row === undefined) continue;
    const specs = new Map<number, AgentSpec.AgentSpec>();
    for (const { configVersion } of asked) {
      const spec = record.versions.get(versionKey(agentId, configVersion));
      if (spec !== undefined) specs.set(configVersion, spec);
    }
    const books = { account: row.account, guard: row.guard, pending: pendingOf(record, agentId) };
    found.set(agentId, { specs, standing: { status: agent.status, isEnabled: agent.isEnabled }, books });
  }
  return found;
};

const saveVerdict = (
  record: MemoryRecord,
  of: ReviewRecord,
  verdict: Risk.Verdict,
  ordinal: number,
): void => {
  const { order } = verdict;
  const runId = Run.id(of.run);
  const signalId = Intent.signalId(order);
  const orderId = Intent.orderId(order);
  const isApproved = verdict._tag === "Approved";
  if (verdict.signal.origin === "exit") {
    record.signals.insert(Signal.id(verdict.signal), { signal: verdict.signal, runId });
  }
  if (!record.runs.has(runId)) throw new Error(`order ${orderId} cites run ${runId}, which is not there`);
  if (!record.signals.has(signalId)) throw new Error(`order ${orderId} cites a signal that is not there`);
  record.orders.insert(orderId, {
    id: orderId,
    order,
    signalId,
    runId,
    ordinal,
    status: isApproved ? "INTENT" : "REJECTED",
    rejectReason: isApproved ? null : verdict.reason,
    fill: null,
    intent: isApproved ? Event.stringify(Event.orderIntent(verdict.order)) : null,
  });
  record.keys.insert(Intent.idempotencyKey(order), orderId);
  record.decisions.insert(orderId, {
    orderId,
    signalId,
    runId,
    verdict: isApproved ? "APPROVED" : "REJECTED",
    code: isApproved ? null : verdict.reason,
    standing: of.standing.status,
    configVersion: of.configVersion,
  });
  if (isApproved) {
    record.pending.set(order.agentId, [...(record.pending.get(order.agentId) ?? []), orderId]);
  }
};

const save = (record: MemoryRecord, of: ReviewRecord): void => {
  const { run, review } = of;
  const { agentId, slot } = run;
  const row = record.accounts.get(agentId);
  if (row === undefined) throw new Error(`agent ${agentId} has no account`);
  record.snapshots.insert(Snapshot.runId(agentId, slot), {
    agentId,
    slot,
    kind: "RUN",
    snapshot: review.snapshot,
  });
  record.accounts.set(agentId, { ...row, guard: review.guard });
  for (const [ordinal, verdict] of review.verdicts.entries()) saveVerdict(record, of, verdict, ordinal);
};

export const layer: Layer.Layer<RiskStore, never, MemoryConnection> = Layer.effect(
  RiskStore,
  Effect.gen(function* () {
    const { ask } = yield* MemoryConnection;
    return RiskStore.of({
      load: (questions) => ask("risk.load", (record) => load(record, questions)),
      save: (records) =>
        ask("risk.save", (record) => {
          for (const one of records) save(record, one);
        }),
    });
  }),
);
