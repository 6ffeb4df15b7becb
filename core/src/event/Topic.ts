/** What can be told, by topic; on the wire each is preceded by `strom.`. */
export const topics = [
  "agent.tick",
  "agent.run",
  "agent.changed",
  "signal.created",
  "order.intent",
  "order.rejected",
  "order.filled",
  "pnl.updated",
  "market.tick",
] as const;
export type Topic = (typeof topics)[number];

/** The version this code writes, and the only one it reads. */
export const VERSION = 1;

/** Before every topic on the wire. */
export const PREFIX = "strom.";
