import { isDeepStrictEqual } from "node:util";
import type { MemoryRecord } from "@strom/adapters/memory/MemoryRecord.ts";
import { Agent, Engine, Intent, Run } from "@strom/core";
import type { RunRecord } from "@strom/core/ports";
import { catalog } from "./Gambler.ts";

/** Where the life of an agent, told again by the engine alone from what its runs recorded, comes out differently. */
export const differences = function* (record: MemoryRecord): Generator<string> {
  const statuses = new Map<string, Agent.State>();
  for (const { runId, standing } of record.decisions.values()) statuses.set(runId, standing);
  const runs = [...record.runs.values()].filter((row): row is RunRecord => "run" in row);
  for (const [agentId, own] of Map.groupBy(runs, ({ run }) => run.agentId)) {
    let world: Engine.World | null = null;
    for (const row of own.sort((a, b) => a.run.slot - b.run.slot)) {
      const spec = record.versions.get(`${agentId}/${row.configVersion}`);
      if (spec === undefined) throw new Error(`the run of slot ${row.run.slot} cites no configuration`);
      const before: Engine.World = world ?? Engine.begin(spec);
      const { warmup } = row;
      const memory = warmup === null ? before.memory : Engine.warmup(spec, catalog, before.memory, warmup);
      const status = statuses.get(Run.id(row.run)) ?? "RUNNING";
      const standing = { status, isEnabled: Agent.isEnabled(status) };
      const [after, { run, review, settlements }] = Engine.step(
        spec,
        catalog,
        { ...before, memory, standing },
        row.run,
        row.run.observations,
      );
      world = after;
      const name = `agent ${agentId}, slot ${run.slot}`;
      if (!isDeepStrictEqual(run.signals, row.run.signals)) yield `${name}: other signals`;
      for (const verdict of review.verdicts) {
        const id = Intent.orderId(verdict.order);
        const filled = settlements.find(({ order }) => Intent.orderId(order) === id)?.fill ?? null;
        const known = record.orders.get(id);
        if (known === undefined) yield `${name}: order ${id} is missing`;
        else if (!isDeepStrictEqual(known.fill, filled)) yield `${name}: order ${id} was filled otherwise`;
      }
    }
    const row = record.accounts.get(agentId);
    if (!isDeepStrictEqual(row?.account, world?.account)) yield `agent ${agentId}: other books at the end`;
    if (!isDeepStrictEqual(row?.guard, world?.guard)) yield `agent ${agentId}: another guard at the end`;
  }
};
