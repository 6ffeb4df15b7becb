import { Schema } from "effect";
import type { Evidence, Opening } from "./Evidence.ts";

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
  "insufficient_cash",
  "short_not_allowed",
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

type Said = Omit<RuleRecord, "code" | "ok">;

const NOT_HELD: Said = {
  limit: null,
  base: null,
  value: null,
  text: "the order reduces a position: not limited",
};

/** A rule that only an order which opens or adds is held to. */
export const openingRule = (
  code: Code,
  holds: (opening: Opening) => boolean,
  record: (opening: Opening) => Said,
): Rule => ({
  code,
  holds: ({ opening }) => opening === null || holds(opening),
  record: ({ opening }) => (opening === null ? NOT_HELD : record(opening)),
});
