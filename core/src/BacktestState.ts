import { Schema } from "effect";
import * as StateMachine from "./StateMachine.ts";

/** What a backtest job can be: REQUESTED → RUNNING → COMPLETED or FAILED. */
export const State = Schema.Literals(["REQUESTED", "RUNNING", "COMPLETED", "FAILED"]);
export type State = typeof State.Type;

/** `cancel` ends a job as FAILED; its error says that it was cancelled. */
export const Event = Schema.Literals(["run", "complete", "fail", "cancel"]);
export type Event = typeof Event.Type;

export const machine: StateMachine.StateMachine<State, Event> = StateMachine.make(
  "the backtest",
  State.literals,
  Event.literals,
  {
    REQUESTED: { run: "RUNNING", fail: "FAILED", cancel: "FAILED" },
    RUNNING: { complete: "COMPLETED", fail: "FAILED", cancel: "FAILED" },
    COMPLETED: {},
    FAILED: {},
  },
);

/** The next state, or `IllegalTransition` with the moves that are allowed. */
export const transition = machine.transition;

/** The events a state takes. */
export const allowed = machine.allowed;
