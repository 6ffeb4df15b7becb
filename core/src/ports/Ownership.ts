import type { Effect, Scope } from "effect";
import { Context } from "effect";

/** What a process may be asked to do. A process takes part in the roles it was started for. */
export const roles = ["execution", "housekeeping", "market", "risk", "runtime", "scheduler"] as const;
export type Role = (typeof roles)[number];

/** A piece of work that one process at a time should do: a stage's partition, or place 0 of what there is one of. */
export interface Duty {
  readonly role: Role;
  readonly place: number;
}

/**
 * Who does what. Two processes may do the same for a moment, when one of them is
 * cut off and does not know it yet; what they write is guarded by cursors and
 * ids, so this decides where work is done, never whether it is done twice.
 */
export class Ownership extends Context.Service<
  Ownership,
  {
    /** What this process was started for. */
    readonly roles: ReadonlySet<Role>;
    /** True when no other process can take part, so that this one knows of everything that is done. */
    readonly isAlone: boolean;
    /**
     * Offers to do the work for as long as the scope lives. It begins when it falls to this process and is
     * interrupted when it falls to another, which begins after the interruption is over.
     */
    readonly take: <R>(
      duty: Duty,
      work: Effect.Effect<void, never, R>,
    ) => Effect.Effect<void, never, R | Scope.Scope>;
    /** What this process is doing now. */
    readonly held: Effect.Effect<ReadonlyArray<Duty>>;
  }
>()("strom/ports/Ownership") {}
