import type * as Agent from "./Agent.ts";
import type { AgentSpec } from "./AgentSpec.ts";
import type { Guard } from "./Guard.ts";
import type { ApprovedOrder, Draft, Marks } from "./Intent.ts";
import type { Account } from "./Ledger.ts";
import type { Observation, Run } from "./Run.ts";
import type { Evidence } from "./risk/Evidence.ts";
import type { Code } from "./risk/Rule.ts";
import type { Signal } from "./Signal.ts";

export type { Evidence } from "./risk/Evidence.ts";
export { Code, RuleRecord } from "./risk/Rule.ts";

/** The agent as the risk stage finds it, under the lock of its row. */
export interface Standing {
  readonly status: Agent.State;
  readonly isEnabled: boolean;
}

/** Let through: the order to fill, and the numbers every rule saw. */
export interface Approved {
  readonly _tag: "Approved";
  readonly signal: Signal;
  readonly evidence: Evidence;
  readonly order: ApprovedOrder;
}

/** Refused, for ever: the order as it would have been, the first rule it broke, and the numbers of all of them. */
export interface Rejected {
  readonly _tag: "Rejected";
  readonly signal: Signal;
  readonly evidence: Evidence;
  readonly order: Draft;
  readonly reason: Code;
}

export type Verdict = Approved | Rejected;

/** What a signal is reviewed against: the projected books, and the marks of the slot. */
export interface Situation {
  readonly spec: AgentSpec;
  readonly standing: Standing;
  readonly run: Run;
  readonly marks: Marks;
  readonly guard: Guard;
  readonly account: Account;
}

export declare const review: (situation: Situation, signal: Signal, observation: Observation) => Verdict;
