import type { Effect } from "effect";
import { Context } from "effect";
import type { AgentSpec } from "../AgentSpec.ts";
import type { Bar } from "../Bar.ts";
import type { Memory } from "../Engine.ts";
import type { AgentId, EventId, StrategyId } from "../Id.ts";
import type { Run } from "../Run.ts";
import type { DatabaseUnavailable } from "./Database.ts";

/** An agent as the runtime finds it. */
export interface Resident {
  readonly spec: AgentSpec;
  readonly configVersion: number;
  readonly isRunning: boolean;
  /** Symbols it still holds that have left its universe: no strategy trades them, but they have a price. */
  readonly leftOver: ReadonlyArray<string>;
  /** Only what its present strategies and parameters made: a strategy given anew begins anew. */
  readonly memory: Memory;
}

/** What one strategy now remembers of one symbol. */
export interface Remembered {
  readonly strategyId: StrategyId;
  readonly symbol: string;
  readonly state: unknown;
}

/** A run and everything it depended on, so that it can be run again. */
export interface RunRecord {
  readonly run: Run;
  readonly configVersion: number;
  readonly tickId: EventId;
  readonly startedAt: number;
  readonly completedAt: number;
  /** Bars that strategies without a memory were warmed up on; `null` when none was. */
  readonly warmup: { readonly [symbol: string]: ReadonlyArray<Bar> } | null;
  /** Only what the run changed. */
  readonly memory: ReadonlyArray<Remembered>;
}

/** A running agent and a strategy of it. */
export interface Stranger {
  readonly agentId: AgentId;
  readonly key: string;
}

/** A run that could not be: its tick is in the dead letters, or was none for the process that had it. */
export interface FailedRun {
  readonly agentId: AgentId;
  readonly slot: number;
  readonly at: number;
  readonly tickId: EventId;
  readonly failedAt: number;
  readonly error: string;
}

/** What the runtime stage reads and writes, one query a table. */
export class RuntimeStore extends Context.Service<
  RuntimeStore,
  {
    readonly load: (
      agentIds: ReadonlyArray<AgentId>,
    ) => Effect.Effect<ReadonlyMap<AgentId, Resident>, DatabaseUnavailable>;
    readonly save: (records: ReadonlyArray<RunRecord>) => Effect.Effect<void, DatabaseUnavailable>;
    /** Strategies of running agents other than these. */
    readonly strangers: (
      known: ReadonlyArray<StrategyId>,
    ) => Effect.Effect<ReadonlyArray<Stranger>, DatabaseUnavailable>;
    readonly fail: (run: FailedRun) => Effect.Effect<void, DatabaseUnavailable>;
  }
>()("strom/ports/RuntimeStore") {}
