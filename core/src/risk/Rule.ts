import { Schema } from "effect";
import type { Evidence } from "./Evidence.ts";

/** Why an order was refused, in the order the rules are evaluated. */
export const Code = Schema.Literals([
  "agent_not_running",
  "stale_price",
  "daily_loss_limit",
  "drawdown_limit",
  "cooldown_active",
  "max_open_positions",
  "risk_per_trade",
  "notional_exposure",
  "short_not_allowed",
  "insufficient_cash",
  "qty_below_lot",
]);
export type Code = typeof Code.Type;

/** One rule in the record of a decision: its numbers as decimal strings, and a sentence. */
export const RuleRecord = Schema.Struct({
  code: Code,
  ok: Schema.Boolean,
  /** What must not be passed; null when the rule sets none or does not apply. */
  limit: Schema.NullOr(Schema.String),
  /** What the limit is a share of. */
  base: Schema.NullOr(Schema.String),
  /** What was found. */
  value: Schema.NullOr(Schema.String),
  text: Schema.String,
});
export type RuleRecord = typeof RuleRecord.Type;

/** A rule: whether the evidence keeps it, and how to say so. */
export interface Rule {
  readonly code: Code;
  readonly holds: (evidence: Evidence) => boolean;
  readonly record: (evidence: Evidence) => Omit<RuleRecord, "code" | "ok">;
}
