import type { AgentSpec, Engine, Ledger, Risk, Signal } from "@strom/core";
import { FillModel } from "@strom/core";
import * as Fraction from "./Fraction.ts";

/**
 * What CORE says of each rule, told a second time in plain fractions, from the books and the profile alone. It shares
 * nothing with the code but the fill of an order, which is a function of the order.
 */
export interface Told {
  readonly spec: AgentSpec.AgentSpec;
  readonly standing: Risk.Standing;
  /** Projected books just before the signal. */
  readonly account: Ledger.Account;
  readonly review: Engine.Review;
  readonly outcome: Engine.Outcome;
  /** Equity at the first mark of the UTC day, and the highest ever, both in millionths. */
  readonly dayStart: bigint;
  readonly peak: bigint;
}

export interface Expected {
  readonly qty: bigint;
  readonly broken: ReadonlyArray<string>;
}

const HUNDRED = Fraction.of(100n);
const percentOf = (percent: number, base: Fraction.Fraction) =>
  Fraction.divide(Fraction.times(Fraction.fromNumber(percent), base), HUNDRED);

/** Books at marks: cash and every position at its mark, or at its cost without one; each value to a millionth. */
export const equityOf = (account: Ledger.Account, marks: { readonly [symbol: string]: bigint }): bigint =>
  Object.entries(account.positions).reduce((sum, [symbol, { qty, costBasis }]) => {
    const mark = marks[symbol];
    return sum + (mark === undefined ? costBasis : halfEven(qty * mark, 1_000_000n));
  }, account.cash as bigint);

const halfEven = (n: bigint, d: bigint): bigint => {
  const floor = Fraction.floor(Fraction.of(n, d));
  const twice = 2n * (n - floor * d);
  if (twice !== d) return twice < d ? floor : floor + 1n;
  return floor % 2n === 0n ? floor : floor + 1n;
};

/** The most a `numeric(18,6)` holds, in millionths: of what is held and bought together. */
const LARGEST = 10n ** 18n - 1n;

const sizeOf = (risk: AgentSpec.AgentSpec["risk"], equity: bigint, price: bigint, held: bigint): bigint => {
  const stop = risk.stop_distance_pct ?? Math.min(risk.stop_loss_pct ?? 100, risk.trailing_stop_pct ?? 100);
  const budget = Fraction.floorMicro(percentOf(risk.max_risk_per_trade_pct, Fraction.fromMicro(equity)));
  if (budget.n <= 0n) return 0n;
  const perUnit = percentOf(stop, Fraction.fromMicro(price));
  const lot = Fraction.fromNumber(risk.lot_size ?? 0.000001);
  const affordable = Fraction.divide(budget, perUnit);
  const room = Fraction.fromMicro(LARGEST - (held < 0n ? -held : held));
  const units = Fraction.compare(affordable, room) < 0 ? affordable : room;
  const lots = Fraction.floor(Fraction.divide(units, lot));
  return Fraction.floor(Fraction.times(Fraction.times(Fraction.of(lots), lot), Fraction.of(1_000_000n)));
};

/** The quantity of an order for this signal, and the rules it breaks, in their order. */
export const expect = (told: Told, signal: Signal.Signal): Expected => {
  const { spec, standing, account, review, outcome, dayStart, peak } = told;
  const { risk } = spec;
  const { run } = outcome;
  const price = review.marks[signal.symbol] ?? 0n;
  const observation = run.observations.find(({ bar }) => bar.symbol === signal.symbol);
  const held = account.positions[signal.symbol]?.qty ?? 0n;
  const closes = signal.side === "BUY" ? held < 0n : held > 0n;
  const equity = equityOf(account, review.marks);
  const qty = closes ? (held < 0n ? -held : held) : sizeOf(risk, equity, price, held);

  const broken: Array<string> = [];
  const rule = (code: string, isBroken: boolean) => {
    if (isBroken) broken.push(code);
  };
  rule("agent_not_running", standing.status !== "RUNNING" || !standing.isEnabled);
  const age = run.at - (observation?.pricedAt ?? Number.NEGATIVE_INFINITY);
  rule("stale_price", age > Math.max(3 * spec.frequencySeconds, 10) * 1000);
  if (closes) return { qty, broken };

  const asEquity = Fraction.fromMicro(equity);
  const lossFloor = (percent: number, base: bigint) =>
    Fraction.minus(Fraction.fromMicro(base), percentOf(percent, Fraction.fromMicro(base)));
  rule("daily_loss_limit", Fraction.compare(asEquity, lossFloor(risk.max_daily_loss_pct, dayStart)) <= 0);
  rule(
    "drawdown_limit",
    risk.max_drawdown_pct !== undefined &&
      Fraction.compare(asEquity, lossFloor(risk.max_drawdown_pct, peak)) <= 0,
  );
  const last = account.positions[signal.symbol]?.lastFillAt ?? null;
  rule("cooldown_active", last !== null && run.at - last < risk.cooldown_seconds * 1000);
  const others = Object.entries(account.positions).filter(
    ([symbol, { qty: units }]) => units !== 0n && symbol !== signal.symbol,
  );
  rule("max_open_positions", others.length + 1 > risk.max_open_positions);
  const budget = Fraction.floorMicro(percentOf(risk.max_risk_per_trade_pct, asEquity));
  rule("risk_per_trade", Fraction.compare(budget, Fraction.ZERO) < 0);
  const exposure = Object.entries(account.positions).reduce(
    (sum, [symbol, position]) => {
      const mark = review.marks[symbol];
      const worth =
        mark === undefined
          ? Fraction.fromMicro(position.costBasis)
          : Fraction.times(Fraction.fromMicro(position.qty), Fraction.fromMicro(mark));
      return Fraction.plus(sum, Fraction.abs(worth));
    },
    Fraction.times(Fraction.fromMicro(qty), Fraction.fromMicro(price)),
  );
  const most = Fraction.floorMicro(percentOf(risk.max_notional_exposure_pct, asEquity));
  rule("notional_exposure", Fraction.compare(Fraction.ceilMicro(exposure), most) > 0);
  const cash = account.cash - costOf(told, signal, qty);
  rule("insufficient_cash", risk.allow_short !== true && cash < 0n);
  rule("short_not_allowed", signal.side === "SELL" && risk.allow_short !== true);
  const lot = Fraction.fromNumber(risk.lot_size ?? 0.000001);
  rule("qty_below_lot", Fraction.compare(Fraction.fromMicro(qty), lot) < 0);
  return { qty, broken };
};

/** What the fill takes out of cash, its fee included; a sale brings in. */
const costOf = (told: Told, signal: Signal.Signal, qty: bigint): bigint => {
  if (qty === 0n) return 0n;
  const verdict = told.review.verdicts.find((one) => one.signal === signal);
  if (verdict === undefined) throw new Error("a signal without a verdict");
  const { price, fee } = FillModel.fill(verdict.order);
  const value = halfEven(qty * price, 1_000_000n);
  return (signal.side === "BUY" ? value : -value) + fee;
};
