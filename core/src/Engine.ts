import type { AgentSpec } from "./AgentSpec.ts";
import type { Bar } from "./Bar.ts";
import type { Catalog } from "./Catalog.ts";
import type { Fill } from "./FillModel.ts";
import type { Guard } from "./Guard.ts";
import type { ApprovedOrder, Marks } from "./Intent.ts";
import type { Account, Entry } from "./Ledger.ts";
import type { Cash } from "./Money.ts";
import type { Standing, Verdict } from "./Risk.ts";
import type { Observation, Run } from "./Run.ts";
import type { Snapshot } from "./Snapshot.ts";

/** What each strategy remembers of each symbol: plain JSON by strategy id, then symbol. */
export type Memory = { readonly [strategyId: string]: { readonly [symbol: string]: unknown } };

/** A slot and its instant. */
export interface Beat {
  readonly slot: number;
  /** ms since the epoch. */
  readonly at: number;
}

/** An agent's books as the risk stage finds them: the account posted so far, and what is still on its way. */
export interface Books {
  readonly account: Account;
  readonly guard: Guard;
  /** Orders approved whose fills are not posted to `account` yet, oldest first. */
  readonly pending: ReadonlyArray<ApprovedOrder>;
}

/** What the risk stage found out about a run. */
export interface Review {
  /** The mark of the slot: projected books at the slot's prices, before any order of the run. */
  readonly snapshot: Snapshot;
  readonly marks: Marks;
  readonly guard: Guard;
  /** Protective exits first, then the run's signals, each with its verdict. */
  readonly verdicts: ReadonlyArray<Verdict>;
  /** The account with every pending and every approved order posted. */
  readonly projected: Account;
}

/** A filled order and what it did to the books. */
export interface Settlement {
  readonly order: ApprovedOrder;
  readonly fill: Fill;
  /** What a reduction realized, fees aside. */
  readonly realized: Cash;
  /** The books afterwards. */
  readonly account: Account;
  readonly entries: ReadonlyArray<Entry>;
  readonly snapshot: Snapshot;
}

/** All there is of one agent. */
export interface World {
  readonly standing: Standing;
  readonly memory: Memory;
  readonly account: Account;
  readonly guard: Guard;
}

export interface Outcome {
  readonly run: Run;
  readonly review: Review;
  readonly settlements: ReadonlyArray<Settlement>;
}

/** A running agent that has not begun. */
export declare const begin: (spec: AgentSpec) => World;
/** The runtime stage: each strategy over each symbol; the run with its signals. */
export declare const decide: (
  spec: AgentSpec,
  catalog: Catalog,
  memory: Memory,
  beat: Beat,
  observations: ReadonlyArray<Observation>,
) => readonly [Memory, Run];
/** The risk stage: mark, protective exits, then signal by signal. */
export declare const review: (spec: AgentSpec, standing: Standing, books: Books, run: Run) => Review;
/** The execution stage: the fill of an approved order, posted. */
export declare const settle: (account: Account, order: ApprovedOrder) => Settlement;
/** decide, review, settle. */
export declare const step: (
  spec: AgentSpec,
  catalog: Catalog,
  world: World,
  beat: Beat,
  observations: ReadonlyArray<Observation>,
) => readonly [World, Outcome];
/** Bars of history each symbol should be given to `warmup`: the most any strategy asks for. */
export declare const warmupBars: (spec: AgentSpec, catalog: Catalog) => number;
/** Memory for strategies that have none yet, from recorded bars, oldest first. No signals come of it. */
export declare const warmup: (
  spec: AgentSpec,
  catalog: Catalog,
  memory: Memory,
  bars: { readonly [symbol: string]: ReadonlyArray<Bar> },
) => Memory;
