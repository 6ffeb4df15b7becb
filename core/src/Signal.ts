import { Schema } from "effect";
import type { StrategyChoice } from "./AgentSpec.ts";
import * as Id from "./Id.ts";
import type { Decision } from "./Strategy.ts";

export const Side = Schema.Literals(["BUY", "SELL"]);
export type Side = typeof Side.Type;

/** Who spoke: a strategy, or the protective exits of the risk profile. */
export type Origin = Id.StrategyId | "exit";

/** Why, in the form of the record: the strategy, its parameters, the numbers it looked at, the rule. */
export interface Rationale {
  readonly strategy_key: string;
  readonly inputs: { readonly [name: string]: unknown };
  readonly features: { readonly [name: string]: number };
  readonly decision: { readonly rule: string };
}

/**
 * What a strategy says about a symbol at a slot. It carries what its id is derived from instead of the id:
 * `Signal.id` derives it, so a backtest of a million bars need not hash.
 */
export interface Signal {
  readonly agentId: Id.AgentId;
  readonly slot: number;
  readonly origin: Origin;
  readonly symbol: string;
  readonly side: Side;
  /** 0..1, at most 4 decimals. */
  readonly confidence: number;
  readonly rationale: Rationale;
}

export const id = (signal: Signal): Id.SignalId =>
  Id.signal(signal.agentId, signal.slot, signal.origin, signal.symbol);

/** What a decision of a strategy is as a signal. */
export const of = (
  agentId: Id.AgentId,
  slot: number,
  choice: StrategyChoice,
  symbol: string,
  decision: Decision,
): Signal => ({
  agentId,
  slot,
  origin: choice.strategyId,
  symbol,
  side: decision.side,
  confidence: decision.confidence,
  rationale: {
    strategy_key: choice.key,
    inputs: choice.params,
    features: decision.features,
    decision: { rule: decision.rule },
  },
});
