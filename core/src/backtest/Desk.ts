import * as Engine from "../Engine.ts";
import * as Guard from "../Guard.ts";
import type { Marks } from "../Intent.ts";
import * as Ledger from "../Ledger.ts";
import * as Money from "../Money.ts";
import type * as Risk from "../Risk.ts";
import type { Run } from "../Run.ts";
import * as Exits from "../risk/ProtectiveExit.ts";
import type { Signal } from "../Signal.ts";
import type { Plan } from "./Plan.ts";
import type { Refusal } from "./Trade.ts";
import { TradeLog } from "./TradeLog.ts";

const RUNNING: Risk.Standing = { status: "RUNNING", isEnabled: true };

/**
 * The books of a backtest and what has been written about them. What it decides it asks the engine, the same functions
 * in the same order as a live agent; it only remembers.
 */
export class Desk {
  readonly plan: Plan;
  account: Ledger.Account;
  guard: Guard.Guard;
  readonly trades: TradeLog;
  readonly refusals: Array<Refusal> = [];
  /** Cash in units of currency, as a double: what the curve is drawn with. */
  cash: number;

  constructor(plan: Plan) {
    this.plan = plan;
    this.account = Ledger.open(plan.spec.capital);
    this.cash = Money.toNumber(plan.spec.capital);
    this.guard = Guard.make(plan.spec.capital);
    const bars = plan.lanes.reduce((sum, { start, end }) => sum + end - start, 0);
    this.trades = new TradeLog(plan.spec.id, Math.ceil(bars / 100));
  }

  /** A slot as it is lived: mark, protective exits, signals, each reviewed, filled and posted. */
  hear(run: Run): void {
    const judged = Engine.judge(this.plan.spec, RUNNING, this.account, this.guard, run);
    this.guard = judged.guard;
    let account = this.account;
    for (const verdict of judged.verdicts) {
      if (verdict._tag === "Rejected") {
        this.refusals.push(refusal(verdict));
        continue;
      }
      this.trades.push(verdict, account);
      account = verdict.projected;
    }
    if (this.account === judged.projected) return;
    this.account = judged.projected;
    this.cash = Money.toNumber(judged.projected.cash);
  }

  /** The mark of a slot whose orders wait for the next open, and the protective exits it asks for. */
  mark(run: Run): ReadonlyArray<Signal> {
    const { spec } = this.plan;
    const { marks, guard } = Engine.mark(spec, this.account, this.guard, run);
    this.guard = guard;
    return Exits.signals({ spec, run, marks, guard, account: this.account });
  }

  /** Exact equity at marks. */
  equity(marks: Marks): Money.Cash {
    return Ledger.mark(this.account, marks).equity;
  }

  /** Equity that was marked in passing, and may have been the highest so far. */
  raisePeak(equity: Money.Cash): void {
    if (equity > this.guard.peakEquity) this.guard = { ...this.guard, peakEquity: equity };
  }

  /** The first mark of a UTC day, in passing. */
  beginDay(at: number, equity: Money.Cash): void {
    this.guard = { ...this.guard, day: Math.floor(at / Guard.MS_PER_DAY), dayStartEquity: equity };
  }

  /**
   * Before a bar that ends at an instant: had the agent a slot on that UTC day already, which brought nothing new, its
   * day began there, with what it knew by then. So an agent over a night without bars has the loss of its morning.
   */
  dawn(at: number, known: () => Marks): void {
    const day = Math.floor(at / Guard.MS_PER_DAY);
    if (this.guard.day === -1 || this.guard.day === day || !isLate(this.plan, at)) return;
    this.beginDay(at, this.equity(known()));
  }

  /** Marks of the symbols held, in passing, which their trails may follow. */
  follow(marks: Marks): void {
    this.guard = Guard.trail(this.guard, this.account, marks);
  }

  /** Units held, as a double. */
  qty(symbol: string): number {
    return Money.toNumber(Ledger.position(this.account, symbol).qty);
  }
}

/** Whether a slot came before this one on the same UTC day. */
export const isLate = ({ intervalMs }: Plan, at: number): boolean =>
  Math.floor((at - intervalMs) / Guard.MS_PER_DAY) === Math.floor(at / Guard.MS_PER_DAY);

const refusal = ({ order, signal, evidence, reason }: Risk.Rejected): Refusal => ({
  agentId: order.agentId,
  slot: order.slot,
  origin: order.origin,
  symbol: order.symbol,
  side: order.side,
  qty: order.qty,
  citedPrice: order.price,
  at: order.at,
  confidence: signal.confidence,
  strategyKey: signal.rationale.strategy_key,
  rule: signal.rationale.decision.rule,
  reason,
  evidence,
});
