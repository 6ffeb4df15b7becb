import { Schema } from "effect";
import * as StateMachine from "./StateMachine.ts";

/** What an order can be: INTENT, then FILLED or REJECTED once and for ever. */
export const Status = Schema.Literals(["INTENT", "FILLED", "REJECTED"]);
export type Status = typeof Status.Type;

export const Event = Schema.Literals(["fill", "reject"]);
export type Event = typeof Event.Type;

/** Paper orders are market orders, filled whole. */
export const TYPE = "MARKET";

export const machine: StateMachine.StateMachine<Status, Event> = StateMachine.make(
  "the order",
  Status.literals,
  Event.literals,
  {
    INTENT: { fill: "FILLED", reject: "REJECTED" },
    FILLED: {},
    REJECTED: {},
  },
);

/** The next status, or `IllegalTransition`: a filled or rejected order takes no event. */
export const transition = machine.transition;

/** The events a status takes. */
export const allowed = machine.allowed;
