import { PgTypes } from "@effect/sql-pg";
import type { Id } from "@strom/core";
import { AgentSpec } from "@strom/core";
import { Effect, Result } from "effect";
import type { SqlClient } from "effect/sql/SqlClient";
import * as Row from "./PgRow.ts";

/** Configurations kept decoded, so that an agent of one second is not parsed every second. */
const KEPT = 20_000;

export interface Version {
  readonly agentId: Id.AgentId;
  readonly version: number;
}

const key = ({ agentId, version }: Version): string => `${agentId}/${version}`;

/** A row of `agent_versions` as the configuration it holds. */
export const decode = (row: Row.Row): AgentSpec.AgentSpec => {
  const spec = AgentSpec.fromJson(Row.json(row, "configuration"));
  if (Result.isSuccess(spec)) return spec.success;
  throw new Row.RowInvalid("configuration", spec.failure.message, "a configuration of this version of STROM");
};

/** Recorded configurations by agent and version. A version never changes, so what was read once is kept. */
export const make = (sql: SqlClient) => {
  const known = new Map<string, AgentSpec.AgentSpec>();

  const remember = (name: string, spec: AgentSpec.AgentSpec): void => {
    if (known.size >= KEPT) {
      const oldest = known.keys().next();
      if (oldest.done !== true) known.delete(oldest.value);
    }
    known.set(name, spec);
  };

  /** Every version asked for that there is. */
  const load = Effect.fnUntraced(function* (versions: ReadonlyArray<Version>) {
    const wanted = new Map<string, Version>();
    for (const version of versions) if (!known.has(key(version))) wanted.set(key(version), version);
    const found = new Map<string, AgentSpec.AgentSpec>();
    if (wanted.size > 0) {
      const rows = yield* sql<Row.Row>`
        select v.agent_id, v.version, v.configuration
        from json_to_recordset(${PgTypes.json([...wanted.values()])}) as w ("agentId" uuid, version int)
        join agent_versions v on v.agent_id = w."agentId" and v.version = w.version`;
      for (const row of rows) {
        const name = key({ agentId: Row.agentId(row), version: Row.number(row, "version") });
        const spec = decode(row);
        found.set(name, spec);
        remember(name, spec);
      }
    }
    return (version: Version): AgentSpec.AgentSpec | undefined =>
      found.get(key(version)) ?? known.get(key(version));
  });

  return { load };
};
