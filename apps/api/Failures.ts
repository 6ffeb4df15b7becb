import * as Problem from "@strom/adapters/http/Problem.ts";
import type { StateMachine } from "@strom/core";
import { Money } from "@strom/core";
import type * as Ports from "@strom/core/ports";

/** What each failure of a port is called over HTTP. For `Effect.catchTags`. */
export const unavailable = {
  DatabaseUnavailable: () =>
    new Problem.Unavailable({
      code: "database_unavailable",
      detail: "the database does not answer; try again in a few seconds",
      retry_after_seconds: 2,
    }),
};

export const notFound = {
  AgentNotFound: (error: Ports.AgentNotFound) =>
    new Problem.NotFound({ code: "agent_not_found", detail: error.message }),
};

export const read = { ...unavailable, ...notFound };

/** The owner's moves; the others are the pipeline's. */
const owners = ["configure", "start", "pause", "stop"];

export const illegal = {
  IllegalTransition: ({ state, event, allowed }: StateMachine.IllegalTransition) => {
    const moves = allowed.filter((move) => owners.includes(move));
    const instead =
      state === "CREATED"
        ? "give it at least one strategy first (PATCH strategies)"
        : moves.length === 0
          ? "nothing its owner can do changes that"
          : `it takes ${moves.join(", ")}`;
    return new Problem.Conflict({
      code: "illegal_transition",
      detail: `the agent is ${state}: it does not take ${event}; ${instead}`,
      state,
      allowed: moves,
    });
  },
};

export const retried = {
  KeyReused: (error: Ports.KeyReused) =>
    new Problem.Invalid({
      code: "idempotency_key_reused",
      detail: `Idempotency-Key ${error.key} came before with another body; use a new key`,
    }),
  StillRunning: (error: Ports.StillRunning) =>
    new Problem.Conflict({
      code: "still_running",
      detail: `the first request with Idempotency-Key ${error.key} is still running; send it again in a moment`,
    }),
};

export const capital = {
  StillSettling: () =>
    new Problem.Conflict({
      code: "still_settling",
      detail: "an order of the agent is still on its way; change its capital in a moment",
    }),
  CapitalCommitted: (error: Ports.CapitalCommitted) =>
    new Problem.Conflict({
      code: "capital_committed",
      detail: `capital ${Money.format(error.capital)} is less than the agent has in use; it should be at least ${Money.format(error.least)}`,
    }),
};
