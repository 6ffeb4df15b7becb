import type { Effect } from "effect";
import { Context } from "effect";
import type { Settlement } from "../Engine.ts";
import type { AgentId, OrderId } from "../Id.ts";
import type { ApprovedOrder } from "../Intent.ts";
import type { Account } from "../Ledger.ts";
import type { DatabaseUnavailable } from "./Database.ts";

/** What execution finds of the orders it is to fill. */
export interface Desk {
  readonly accounts: ReadonlyMap<AgentId, Account>;
  /** Those still in INTENT. Any other is passed over: it was filled, or refused, before. */
  readonly open: ReadonlySet<OrderId>;
}

/** What the execution stage reads and writes. `load` locks the accounts, in the order of their ids. */
export class ExecutionStore extends Context.Service<
  ExecutionStore,
  {
    readonly load: (orders: ReadonlyArray<ApprovedOrder>) => Effect.Effect<Desk, DatabaseUnavailable>;
    /** In the order filled; the last settlement of an agent is where its account stands. */
    readonly save: (settlements: ReadonlyArray<Settlement>) => Effect.Effect<void, DatabaseUnavailable>;
    /** Approved orders of an agent that are neither filled nor refused, as they are kept beside the journal. */
    readonly pending: (agentId: AgentId) => Effect.Effect<ReadonlyArray<ApprovedOrder>, DatabaseUnavailable>;
    /** An intent that can never be filled is refused, so that it does not weigh on the books for ever. */
    readonly refuse: (
      agentId: AgentId,
      orderId: OrderId,
      reason: string,
    ) => Effect.Effect<void, DatabaseUnavailable>;
  }
>()("strom/ports/ExecutionStore") {}
