import type { Rule } from "./Rule.ts";

/** The agent is RUNNING and enabled, as the decision found it under the lock. */
export const AgentRunning: Rule = {
  code: "agent_not_running",
  holds: ({ status, isEnabled }) => status === "RUNNING" && isEnabled,
  record: ({ status, isEnabled }) => ({
    limit: "RUNNING",
    base: null,
    value: status,
    text: `the agent is ${status} and ${isEnabled ? "enabled" : "not enabled"}; only a RUNNING, enabled agent trades`,
  }),
};
