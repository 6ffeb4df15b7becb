import type * as Agent from "./Agent.ts";
import type { AgentSpec } from "./AgentSpec.ts";
import * as FillModel from "./FillModel.ts";
import type { Guard } from "./Guard.ts";
import type { ApprovedOrder, Draft, Marks } from "./Intent.ts";
import * as Ledger from "./Ledger.ts";
import type { Cash, Price, Qty } from "./Money.ts";
import * as Money from "./Money.ts";
import type { RiskProfile } from "./RiskProfile.ts";
import type { Observation, Run } from "./Run.ts";
import { AgentRunning } from "./risk/AgentRunning.ts";
import { CashCovers } from "./risk/CashCovers.ts";
import { Cooldown } from "./risk/Cooldown.ts";
import { DailyLoss } from "./risk/DailyLoss.ts";
import { Drawdown } from "./risk/Drawdown.ts";
import type { Evidence, Opening } from "./risk/Evidence.ts";
import * as Exposure from "./risk/Exposure.ts";
import { LotSize } from "./risk/LotSize.ts";
import { NotionalExposure } from "./risk/NotionalExposure.ts";
import { OpenPositions } from "./risk/OpenPositions.ts";
import * as Percent from "./risk/Percent.ts";
import { PriceFresh } from "./risk/PriceFresh.ts";
import { RiskPerTrade } from "./risk/RiskPerTrade.ts";
import type { Code, Rule, RuleRecord } from "./risk/Rule.ts";
import { ShortAllowed } from "./risk/ShortAllowed.ts";
import * as Sizing from "./risk/Sizing.ts";
import type { Signal } from "./Signal.ts";

export type { Evidence, Opening } from "./risk/Evidence.ts";
export { Code, RuleRecord } from "./risk/Rule.ts";

/** The agent as the risk stage finds it, under the lock of its row. */
export interface Standing {
  readonly status: Agent.State;
  readonly isEnabled: boolean;
}

/** Let through: the order to fill, the numbers every rule saw, and what its fill will be. */
export interface Approved {
  readonly _tag: "Approved";
  readonly signal: Signal;
  readonly evidence: Evidence;
  readonly order: ApprovedOrder;
  /** A function of the order, so it is known already: the projected books have it posted. */
  readonly fill: FillModel.Fill;
  readonly projected: Ledger.Account;
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
  readonly account: Ledger.Account;
}

/** The oldest price a slot accepts, in ms: three beats, and never under ten seconds. */
export const maxPriceAgeMs = (frequencySeconds: number): number => Math.max(3 * frequencySeconds, 10) * 1000;

/**
 * Every rule is evaluated, and the first in their order names a refusal. A signal against a position closes it
 * whole; any other opens or adds to one, sized by the budget of `max_risk_per_trade_pct`. A refusal changes
 * nothing. The symbol of the signal must have been observed.
 */
export const review = (situation: Situation, signal: Signal): Verdict => {
  const { spec, standing, run, marks, guard, account } = situation;
  const observation = observed(run, signal.symbol);
  const price = marked(marks, signal.symbol);
  const held = Ledger.position(account, signal.symbol).qty;
  const isClosing = signal.side === "BUY" ? held < 0n : held > 0n;
  const equity = isClosing ? Money.ZERO_CASH : Ledger.mark(account, marks).equity;
  const order: Draft = {
    agentId: spec.id,
    slot: run.slot,
    at: run.at,
    origin: signal.origin,
    symbol: signal.symbol,
    side: signal.side,
    qty: isClosing ? Money.abs(held) : sizeOf(spec.risk, equity, price, held),
    price,
    volume: observation.bar.volume,
    marks,
    peakEquity: guard.peakEquity,
    fill: spec.fill,
    seed: spec.seed,
  };
  // A fill is a function of its order, so what it will cost is known before it is approved.
  const fill = order.qty === 0n ? null : FillModel.fill(order);
  const projected = fill === null ? account : Ledger.apply(account, fill);
  const evidence: Evidence = {
    status: standing.status,
    isEnabled: standing.isEnabled,
    side: signal.side,
    price,
    priceAgeMs: run.at - observation.pricedAt,
    maxPriceAgeMs: maxPriceAgeMs(spec.frequencySeconds),
    qty: order.qty,
    opening: isClosing ? null : openingEvidence(situation, order, equity, projected.cash),
  };
  const broken = firstBroken(evidence);
  return broken === undefined && fill !== null
    ? // The one place an order is approved.
      { _tag: "Approved", signal, evidence, order: order as ApprovedOrder, fill, projected }
    : { _tag: "Rejected", signal, evidence, order, reason: broken?.code ?? "qty_below_lot" };
};

/** Every rule with its numbers and a sentence: `risk_decisions.rules`. */
export const records = (evidence: Evidence): ReadonlyArray<RuleRecord> =>
  rules.map((rule) => ({ code: rule.code, ok: rule.holds(evidence), ...rule.record(evidence) }));

/** Why the order was refused, as a sentence. */
export const explain = ({ evidence, reason }: Rejected): string =>
  rules.find(({ code }) => code === reason)?.record(evidence).text ?? reason;

const rules: ReadonlyArray<Rule> = [
  AgentRunning,
  PriceFresh,
  DailyLoss,
  Drawdown,
  Cooldown,
  OpenPositions,
  RiskPerTrade,
  NotionalExposure,
  CashCovers,
  ShortAllowed,
  LotSize,
];

const firstBroken = (evidence: Evidence): Rule | undefined => {
  for (const rule of rules) if (!rule.holds(evidence)) return rule;
  return undefined;
};

/** What was seen of a symbol at the slot. */
const observed = (run: Run, symbol: string): Observation => {
  for (const observation of run.observations) if (observation.bar.symbol === symbol) return observation;
  throw new RangeError(`a signal on ${symbol}, which slot ${run.slot} did not observe`);
};

const marked = (marks: Marks, symbol: string): Price => {
  const price = marks[symbol];
  if (price === undefined) throw new RangeError(`no mark for ${symbol}`);
  return price;
};

const sizeOf = (profile: RiskProfile, equity: Cash, price: Price, held: Qty): Qty =>
  Sizing.size(
    Percent.of(profile.max_risk_per_trade_pct, equity),
    price,
    Sizing.stopDistancePct(profile),
    Sizing.lot(profile),
    held,
  );

const openingEvidence = (
  { spec, run, marks, guard, account }: Situation,
  order: Draft,
  equity: Cash,
  cashAfter: Cash,
): Opening => {
  const { lastFillAt, qty: held } = Ledger.position(account, order.symbol);
  return {
    profile: spec.risk,
    side: order.side,
    qty: order.qty,
    price: order.price,
    equity,
    dayStartEquity: guard.dayStartEquity,
    peakEquity: guard.peakEquity,
    sinceFillMs: lastFillAt === null ? null : run.at - lastFillAt,
    openPositions: Ledger.heldCount(account) + (held === 0n ? 1 : 0),
    exposure: Exposure.after(account, marks, order.qty, order.price),
    cashAfter,
  };
};
