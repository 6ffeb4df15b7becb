import { Result } from "effect";
import type { AgentSpec } from "./AgentSpec.ts";
import { isStale } from "./Bar.ts";
import type { Catalog } from "./Catalog.ts";
import type { Memory } from "./engine/Memory.ts";
import { strategyOf } from "./engine/Memory.ts";
import * as FillModel from "./FillModel.ts";
import * as Guard from "./Guard.ts";
import type { ApprovedOrder, Marks } from "./Intent.ts";
import * as Ledger from "./Ledger.ts";
import * as Money from "./Money.ts";
import * as Risk from "./Risk.ts";
import type { Observation, Run } from "./Run.ts";
import * as Exits from "./risk/ProtectiveExit.ts";
import * as Signal from "./Signal.ts";
import * as Snapshot from "./Snapshot.ts";

export type { Memory } from "./engine/Memory.ts";
export { warmup, warmupBars } from "./engine/Memory.ts";

/** A slot and its instant. */
export interface Beat {
  readonly slot: number;
  /** ms since the epoch. */
  readonly at: number;
}

/** An agent's books as the risk stage finds them: the account posted so far, and what is still on its way. */
export interface Books {
  readonly account: Ledger.Account;
  readonly guard: Guard.Guard;
  /** Orders approved whose fills are not posted to `account` yet, oldest first. */
  readonly pending: ReadonlyArray<ApprovedOrder>;
}

/** What the risk stage found out about a run. */
export interface Review {
  /** The mark of the slot: projected books at the slot's prices, before any order of the run. */
  readonly snapshot: Snapshot.Snapshot;
  readonly marks: Marks;
  readonly guard: Guard.Guard;
  /** Protective exits first, then the run's signals, each with its verdict. */
  readonly verdicts: ReadonlyArray<Risk.Verdict>;
  /** The account with every pending and every approved order posted. */
  readonly projected: Ledger.Account;
}

/** A filled order and what it did to the books. */
export interface Settlement {
  readonly order: ApprovedOrder;
  readonly fill: FillModel.Fill;
  /** What a reduction realized, fees aside. */
  readonly realized: Money.Cash;
  /** The books afterwards. */
  readonly account: Ledger.Account;
  readonly entries: ReadonlyArray<Ledger.Entry>;
  readonly snapshot: Snapshot.Snapshot;
}

/** All there is of one agent. */
export interface World {
  readonly standing: Risk.Standing;
  readonly memory: Memory;
  readonly account: Ledger.Account;
  readonly guard: Guard.Guard;
}

export interface Outcome {
  readonly run: Run;
  readonly review: Review;
  readonly settlements: ReadonlyArray<Settlement>;
}

/** A running agent that has not begun. */
export const begin = (spec: AgentSpec): World => ({
  standing: { status: "RUNNING", isEnabled: true },
  memory: {},
  account: Ledger.open(spec.capital),
  guard: Guard.make(spec.capital),
});

/**
 * The runtime stage: each strategy, in the agent's order, over each symbol, in universe order. A strategy is not
 * stepped on a stale bar, which holds nothing new. Memory of what is no longer configured is kept as it is.
 */
export const decide = (
  spec: AgentSpec,
  catalog: Catalog,
  memory: Memory,
  beat: Beat,
  observations: ReadonlyArray<Observation>,
): readonly [Memory, Run] => {
  const next: Record<string, Record<string, unknown>> = {};
  const signals: Array<Signal.Signal> = [];
  const bars = new Map(observations.map(({ bar }) => [bar.symbol, bar]));
  for (const choice of spec.strategies) {
    const strategy = strategyOf(catalog, choice);
    const states: Record<string, unknown> = { ...memory[choice.strategyId] };
    for (const symbol of spec.symbols) {
      const bar = bars.get(symbol);
      if (bar === undefined || isStale(bar)) continue;
      const [state, decision] = strategy.step(
        choice.params,
        // A state may be null: it is plain JSON too.
        Object.hasOwn(states, symbol) ? states[symbol] : strategy.init(choice.params),
        bar,
      );
      states[symbol] = state;
      if (decision !== null) signals.push(Signal.of(spec.id, beat.slot, choice, symbol, decision));
    }
    next[choice.strategyId] = states;
  }
  return [
    { ...memory, ...next },
    // No more of the beat than that: a tick is one too, and knows things a run does not.
    { agentId: spec.id, slot: beat.slot, at: beat.at, observations, signals },
  ];
};

/**
 * The risk stage. Orders still on their way are posted first, so that the books reviewed are those the run would
 * have met had nothing been late. Then the mark of the slot (equity, peak, day start), the protective exits, and
 * signal by signal a review against the books with all that was approved before it.
 */
export const review = (spec: AgentSpec, standing: Risk.Standing, books: Books, run: Run): Review => {
  const posted = books.pending.reduce(
    (account, order) => Ledger.apply(account, FillModel.fill(order)),
    books.account,
  );
  const { valuation, ...judged } = judge(spec, standing, posted, books.guard, run);
  const { peakEquity } = judged.guard;
  return { ...judged, snapshot: Snapshot.make(run.at, posted, valuation, peakEquity) };
};

/** A review without its snapshot, on books that have everything posted: all that a backtest needs. */
export const judge = (
  spec: AgentSpec,
  standing: Risk.Standing,
  account: Ledger.Account,
  guard: Guard.Guard,
  run: Run,
): Omit<Review, "snapshot"> & { readonly valuation: Ledger.Valuation } => {
  const marked = mark(spec, account, guard, run);
  const situation: Mutable<Risk.Situation> = {
    spec,
    standing,
    run,
    marks: marked.marks,
    guard: marked.guard,
    account,
  };
  const verdicts: Array<Risk.Verdict> = [];
  for (const signal of Exits.signals(situation)) verdicts.push(hear(situation, signal));
  for (const signal of run.signals) verdicts.push(hear(situation, signal));
  return {
    marks: marked.marks,
    valuation: marked.valuation,
    guard: situation.guard,
    verdicts,
    projected: situation.account,
  };
};

/** The mark of a slot: what the books are worth at its prices, and what the limits remember of it. */
export const mark = (
  spec: AgentSpec,
  account: Ledger.Account,
  guard: Guard.Guard,
  run: Run,
): { readonly marks: Marks; readonly valuation: Ledger.Valuation; readonly guard: Guard.Guard } => {
  const marks = marksOf(run.observations);
  const valuation = Ledger.mark(account, marks);
  const marked = Guard.mark(guard, run.at, valuation.equity);
  const isTrailing = spec.risk.trailing_stop_pct !== undefined;
  return {
    marks,
    valuation,
    guard: isTrailing ? Guard.trail(marked, account, marks) : Guard.untrailed(marked),
  };
};

/** Reviews a signal; what is approved is on the books of the situation before the next one is heard. */
const hear = (situation: Mutable<Risk.Situation>, signal: Signal.Signal): Risk.Verdict => {
  const verdict = Risk.review(situation, signal);
  if (verdict._tag === "Rejected") return verdict;
  const before = situation.account;
  situation.account = verdict.projected;
  if (situation.spec.risk.trailing_stop_pct !== undefined) {
    const { symbol, price } = verdict.order;
    situation.guard = Guard.traded(
      situation.guard,
      symbol,
      Ledger.position(before, symbol),
      Ledger.position(verdict.projected, symbol),
      price,
    );
  }
  return verdict;
};

/** The execution stage: the fill of an approved order, posted, and the books marked at the order's prices. */
export const settle = (account: Ledger.Account, order: ApprovedOrder): Settlement => {
  const fill = FillModel.fill(order);
  const posting = Ledger.post(account, fill);
  const valuation = Ledger.mark(posting.account, order.marks);
  return {
    order,
    fill,
    realized: posting.realized,
    account: posting.account,
    entries: posting.entries,
    snapshot: Snapshot.make(order.at, posting.account, valuation, order.peakEquity),
  };
};

/** One agent at one slot: `decide`, `review`, and `settle` of each approved order. Nothing else. */
export const step = (
  spec: AgentSpec,
  catalog: Catalog,
  world: World,
  beat: Beat,
  observations: ReadonlyArray<Observation>,
): readonly [World, Outcome] => {
  const [memory, run] = decide(spec, catalog, world.memory, beat, observations);
  const reviewed = review(spec, world.standing, { ...world, pending: [] }, run);
  const settlements: Array<Settlement> = [];
  let { account } = world;
  for (const verdict of reviewed.verdicts) {
    if (verdict._tag === "Rejected") continue;
    const settlement = settle(account, verdict.order);
    account = settlement.account;
    settlements.push(settlement);
  }
  const next = { standing: world.standing, memory, account, guard: reviewed.guard };
  return [next, { run, review: reviewed, settlements }];
};

/** The price of each observed symbol at a slot. */
export const marksOf = (observations: ReadonlyArray<Observation>): Marks => {
  const marks: Record<string, Money.Price> = {};
  for (const { bar } of observations) marks[bar.symbol] = priceOf(bar.close);
  return marks;
};

/** A close as a price; bars are checked where they come in, so one that is none is a programmer's error. */
export const priceOf = (close: number): Money.Price =>
  Result.getOrThrowWith(Money.priceFromNumber(close), (error) => error);

type Mutable<A> = { -readonly [K in keyof A]: A[K] };
