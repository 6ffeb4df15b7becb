import type { Effect } from "effect";
import { Context, Data } from "effect";
import type { State } from "../Agent.ts";
import type { Configuration } from "../AgentSpec.ts";
import type { AgentId, UserId } from "../Id.ts";
import type { Cash } from "../Money.ts";
import type { DatabaseUnavailable } from "./Database.ts";
import type { Page, Slice } from "./Page.ts";

/** An agent as its owner sees it. Without strategies it is only CREATED. */
export interface Agent extends Configuration {
  readonly id: AgentId;
  readonly userId: UserId;
  readonly status: State;
  readonly isEnabled: boolean;
  readonly seed: bigint;
  /** Counts the configurations the agent has had, from 1. */
  readonly version: number;
  readonly lastError: string | null;
  /** It has run before, or is about to: its slots are counted in its frequency for good. */
  readonly hasStarted: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A step of the state machine, with the words that go into the agent's history. */
export interface Move {
  readonly to: State;
  readonly reason: string;
}

export interface NewAgent {
  readonly id: AgentId;
  readonly userId: UserId;
  readonly seed: bigint;
  readonly configuration: Configuration;
  /** Made after CREATED, in order. */
  readonly moves: ReadonlyArray<Move>;
}

/** What becomes of an agent; what is left out stays. */
export interface Change {
  readonly configuration?: Configuration;
  readonly moves?: ReadonlyArray<Move>;
  readonly isArchived?: true;
}

/** There is no such agent, or it is someone else's: a caller cannot tell which. */
export class AgentNotFound extends Data.TaggedError("AgentNotFound")<{ readonly id: string }> {
  override get message(): string {
    return `there is no agent ${this.id}`;
  }
}

/** Less capital than what the agent has already spent of it. */
export class CapitalCommitted extends Data.TaggedError("CapitalCommitted")<{
  readonly capital: Cash;
  readonly least: Cash;
}> {}

/**
 * A run or an order of the agent is still on its way: it was decided on the capital there is, and is to be reviewed and
 * filled on it.
 */
export class StillSettling extends Data.TaggedError("StillSettling")<{ readonly id: string }> {}

/** Agents as their owners see them. Archived ones are gone from here; their books stay. */
export class Agents extends Context.Service<
  Agents,
  {
    readonly create: (agent: NewAgent) => Effect.Effect<Agent, DatabaseUnavailable>;
    readonly find: (userId: UserId, id: AgentId) => Effect.Effect<Agent, AgentNotFound | DatabaseUnavailable>;
    readonly list: (
      userId: UserId,
      filter: { readonly status?: State },
      slice: Slice,
    ) => Effect.Effect<Page<Agent>, DatabaseUnavailable>;
    /**
     * How many agents a user has, archived ones left out. In a transaction that has made one, nobody else who does so
     * counts before it ends: who counts last may give up, and no limit is ever passed.
     */
    readonly count: (userId: UserId) => Effect.Effect<number, DatabaseUnavailable>;
    /** Ids of every agent of a user, archived ones too. */
    readonly idsOf: (userId: UserId) => Effect.Effect<ReadonlyArray<AgentId>, DatabaseUnavailable>;
    /**
     * Reads the agent under the lock its books are locked with, asks `decide`, and writes the outcome in the same
     * commit: its version, its transitions, its account, and the event that tells of it.
     */
    readonly change: <E>(
      userId: UserId,
      id: AgentId,
      decide: (agent: Agent) => Effect.Effect<Change, E>,
    ) => Effect.Effect<Agent, E | AgentNotFound | CapitalCommitted | StillSettling | DatabaseUnavailable>;
  }
>()("strom/ports/Agents") {}
