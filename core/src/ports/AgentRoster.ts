import type { Effect } from "effect";
import { Context } from "effect";
import type { State } from "../Agent.ts";
import type { AgentId } from "../Id.ts";
import type { DatabaseUnavailable } from "./Database.ts";

/** An agent that wants to be ticked. */
export interface Ticking {
  readonly agentId: AgentId;
  readonly frequencySeconds: number;
  readonly symbols: ReadonlyArray<string>;
  /** When it was last started, ms since the epoch by the machine's clock: earlier slots were never owed. */
  readonly runningSince: number;
  /**
   * The instant of the newest slot it was ever ticked for, also when that tick still waits; `null` before the
   * first. An instant, since a slot's number changes its meaning with the frequency.
   */
  readonly lastAt: number | null;
  /** The times it ran before `runningSince` that went on after `lastAt`, ms since the epoch: slots of them were owed. */
  readonly earlier: ReadonlyArray<{ readonly from: number; readonly to: number }>;
}

/** What happened to an agent whose events cannot be processed. */
export interface Failure {
  readonly stage: string;
  readonly topic: string;
  readonly partition: number;
  readonly agentId: AgentId;
  readonly offset: number;
  readonly error: string;
  readonly at: number;
}

/** An agent taken out of service. */
export interface Fallen {
  readonly sequence: number;
  readonly from: State;
  readonly configVersion: number;
  readonly reason: string;
}

/** Who is running, and what becomes of those that cannot. */
export class AgentRoster extends Context.Service<
  AgentRoster,
  {
    /** Every enabled, running agent. */
    readonly running: Effect.Effect<ReadonlyArray<Ticking>, DatabaseUnavailable>;
    /** How many changes to agents were ever told of: while it stays, the same agents run. Costs little to ask. */
    readonly changes: Effect.Effect<number, DatabaseUnavailable>;
    /** Adds slots that were skipped to the agents' count. */
    readonly miss: (
      missed: ReadonlyArray<{ readonly agentId: AgentId; readonly slots: number }>,
    ) => Effect.Effect<void, DatabaseUnavailable>;
    /**
     * Notes the error on the agent; when its last `inARow` events of that stage are all dead letters, takes it
     * to ERROR and answers the move, for `agent.changed`. Called after the letter is written.
     */
    readonly fail: (failure: Failure, inARow: number) => Effect.Effect<Fallen | null, DatabaseUnavailable>;
  }
>()("strom/ports/AgentRoster") {}
