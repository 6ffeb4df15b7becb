import { Schema } from "effect";
import * as StateMachine from "./StateMachine.ts";

/** What an agent can be: CREATED → CONFIGURED → RUNNING → PAUSED → STOPPED → ERROR. */
export const State = Schema.Literals(["CREATED", "CONFIGURED", "RUNNING", "PAUSED", "STOPPED", "ERROR"]);
export type State = typeof State.Type;

/** What can happen to it. `start`, `pause` and `stop` are its owner's, `configure` comes with every new
 * universe, strategies or capital, `fail` is the pipeline giving up on it. */
export const Event = Schema.Literals(["configure", "start", "pause", "stop", "fail"]);
export type Event = typeof Event.Type;

/**
 * Its life. A running agent must be stopped before it is configured anew. A paused one keeps its memory and
 * starts again where it was; while paused or stopped nothing of it is approved. An agent in ERROR is looked at
 * first: only `stop` takes it out, then it may be configured or started.
 */
export const machine: StateMachine.StateMachine<State, Event> = StateMachine.make(
  "the agent",
  State.literals,
  Event.literals,
  {
    CREATED: { configure: "CONFIGURED" },
    CONFIGURED: { configure: "CONFIGURED", start: "RUNNING" },
    RUNNING: { pause: "PAUSED", stop: "STOPPED", fail: "ERROR" },
    PAUSED: { start: "RUNNING", stop: "STOPPED", fail: "ERROR" },
    STOPPED: { configure: "CONFIGURED", start: "RUNNING" },
    ERROR: { stop: "STOPPED" },
  },
);

/** The next state, or `IllegalTransition` with the moves that are allowed. */
export const transition = machine.transition;

/** The events a state takes. */
export const allowed = machine.allowed;

/** Ticked by the scheduler, and heard by the risk stage: RUNNING alone. `agents.is_enabled` caches this. */
export const isEnabled = (state: State): boolean => state === "RUNNING";
