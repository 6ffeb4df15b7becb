import type { AgentSpec } from "../AgentSpec.ts";
import { isStale } from "../Bar.ts";
import type { Guard } from "../Guard.ts";
import type { Marks } from "../Intent.ts";
import type { Account, Position } from "../Ledger.ts";
import * as Ledger from "../Ledger.ts";
import type { Price } from "../Money.ts";
import * as Money from "../Money.ts";
import type { RiskProfile } from "../RiskProfile.ts";
import type { Run } from "../Run.ts";
import type { Signal } from "../Signal.ts";
import * as Percent from "./Percent.ts";

/** Which stop is hit; when several are, the first of this order. */
export type Stop = "stop_loss" | "trailing_stop" | "take_profit";

/** Whether the profile has any. */
export const isSet = (profile: RiskProfile): boolean =>
  profile.stop_loss_pct !== undefined ||
  profile.trailing_stop_pct !== undefined ||
  profile.take_profit_pct !== undefined;

/**
 * The stop that a position hits at a mark, or null. Losses and gains are of the exact cost basis, the trail is the
 * best mark since the position was opened; a threshold met exactly is hit.
 */
export const hit = (
  profile: RiskProfile,
  position: Position,
  mark: Price,
  trail: Price | undefined,
): Stop | null => {
  if (position.qty === 0n) return null;
  // In millionths of millionths, so that nothing is rounded: what the position is worth, and what it cost.
  const worth = position.qty * mark;
  const cost = position.costBasis * Money.ONE;
  const { stop_loss_pct, trailing_stop_pct, take_profit_pct } = profile;
  // A short is worth less than nothing and cost less than nothing: a loss of either side is worth falling below cost.
  const size = Money.abs(cost);
  if (stop_loss_pct !== undefined && (worth - cost) * Percent.WHOLE <= -size * Percent.micro(stop_loss_pct)) {
    return "stop_loss";
  }
  if (trailing_stop_pct !== undefined && trail !== undefined) {
    const fallen = position.qty > 0n ? trail - mark : mark - trail;
    if (fallen * Percent.WHOLE >= trail * Percent.micro(trailing_stop_pct)) return "trailing_stop";
  }
  if (
    take_profit_pct !== undefined &&
    (worth - cost) * Percent.WHOLE >= size * Percent.micro(take_profit_pct)
  ) {
    return "take_profit";
  }
  return null;
};

/** The books and prices of a slot, after its mark. */
interface Situation {
  readonly spec: AgentSpec;
  readonly run: Run;
  readonly marks: Marks;
  readonly guard: Guard;
  readonly account: Account;
}

/**
 * The signals of the stops hit at a mark, in the order of the observations. They close the position and are
 * reviewed like any other signal. A stale bar hits nothing: it holds nothing new.
 */
export const signals = ({ spec, run, marks, guard, account }: Situation): ReadonlyArray<Signal> => {
  if (!isSet(spec.risk)) return NONE;
  const found: Array<Signal> = [];
  for (const { bar } of run.observations) {
    const mark = marks[bar.symbol];
    if (mark === undefined || isStale(bar)) continue;
    const position = Ledger.position(account, bar.symbol);
    const trail = guard.trail[bar.symbol];
    const stop = hit(spec.risk, position, mark, trail);
    if (stop !== null) found.push(signal(spec, run.slot, bar.symbol, position, mark, trail, stop));
  }
  return found;
};

const NONE: ReadonlyArray<Signal> = [];

const signal = (
  spec: AgentSpec,
  slot: number,
  symbol: string,
  position: Position,
  mark: Price,
  trail: Price | undefined,
  stop: Stop,
): Signal => {
  const { stop_loss_pct, take_profit_pct, trailing_stop_pct } = spec.risk;
  return {
    agentId: spec.id,
    slot,
    origin: "exit",
    symbol,
    side: position.qty > 0n ? "SELL" : "BUY",
    confidence: 1,
    rationale: {
      strategy_key: "protective_exit",
      inputs: {
        ...(stop_loss_pct === undefined ? {} : { stop_loss_pct }),
        ...(take_profit_pct === undefined ? {} : { take_profit_pct }),
        ...(trailing_stop_pct === undefined ? {} : { trailing_stop_pct }),
      },
      features: {
        price: Money.toNumber(mark),
        average_price: Money.toNumber(Ledger.averagePrice(position)),
        ...(trail === undefined ? {} : { best_price: Money.toNumber(trail) }),
      },
      decision: { rule: stop },
    },
  };
};
