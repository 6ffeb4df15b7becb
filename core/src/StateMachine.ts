import { Data, Result } from "effect";

/** A move that the machine does not know from this state: what was asked, and what would have been legal. */
export class IllegalTransition extends Data.TaggedError("IllegalTransition")<{
  readonly machine: string;
  readonly state: string;
  readonly event: string;
  readonly allowed: ReadonlyArray<string>;
}> {
  override get message(): string {
    const moves = this.allowed.length === 0 ? "nothing, this state is final" : this.allowed.join(", ");
    return `${this.machine} is ${this.state}: cannot ${this.event}, only ${moves}`;
  }
}

/** Every legal move: from each state, the events it takes and where they lead. What is absent is illegal. */
export type Table<S extends string, E extends string> = {
  readonly [From in S]: { readonly [On in E]?: S };
};

/** A finite state machine as a total function: every (state, event) pair has a next state or a refusal. */
export interface StateMachine<S extends string, E extends string> {
  readonly states: ReadonlyArray<S>;
  readonly events: ReadonlyArray<E>;
  readonly transition: (state: S, event: E) => Result.Result<S, IllegalTransition>;
  /** The events a state takes, in the machine's order. */
  readonly allowed: (state: S) => ReadonlyArray<E>;
}

/** The machine of a table. `name` begins the sentence of a refusal: "the agent", "the order". */
export const make = <S extends string, E extends string>(
  name: string,
  states: ReadonlyArray<S>,
  events: ReadonlyArray<E>,
  table: Table<S, E>,
): StateMachine<S, E> => {
  const allowed = (state: S) => events.filter((event) => table[state][event] !== undefined);
  return {
    states,
    events,
    allowed,
    transition: (state, event) => {
      const next = table[state][event];
      return next === undefined
        ? Result.fail(new IllegalTransition({ machine: name, state, event, allowed: allowed(state) }))
        : Result.succeed(next);
    },
  };
};
