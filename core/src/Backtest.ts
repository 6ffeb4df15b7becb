import { Result } from "effect";
import { Desk } from "./backtest/Desk.ts";
import * as Equity from "./backtest/Equity.ts";
import type { BacktestInvalid, Options, Plan } from "./backtest/Plan.ts";
import * as Plans from "./backtest/Plan.ts";
import { portfolio } from "./backtest/Portfolio.ts";
import type { Progress } from "./backtest/Progress.ts";
import * as Report from "./backtest/Report.ts";
import * as RoundTrips from "./backtest/RoundTrips.ts";
import { solo } from "./backtest/Solo.ts";
import type { Refusal, RoundTrip, Trade } from "./backtest/Trade.ts";
import * as Digest from "./Digest.ts";
import type { Guard } from "./Guard.ts";
import * as Intent from "./Intent.ts";
import type * as Ledger from "./Ledger.ts";
import * as Money from "./Money.ts";
import * as Performance from "./Performance.ts";
import { Curve } from "./performance/Curve.ts";

export type { EquityCurve } from "./backtest/Equity.ts";
export type { FillAt, Lane, Options, Plan, Speaker } from "./backtest/Plan.ts";
export { BacktestInvalid, wholeAccount } from "./backtest/Plan.ts";
export type { Progress } from "./backtest/Progress.ts";
export type { Refusal, RoundTrip, Trade } from "./backtest/Trade.ts";
export type { Problem } from "./Problem.ts";

/** What a run came to. Its trades are written out when they are first asked for. */
export interface Backtest {
  readonly plan: Plan;
  readonly trades: ReadonlyArray<Trade>;
  readonly refusals: ReadonlyArray<Refusal>;
  readonly roundTrips: ReadonlyArray<RoundTrip>;
  /** The books at the end, and what the limits remember. */
  readonly account: Ledger.Account;
  readonly guard: Guard;
  readonly performance: Performance.Performance;
}

/**
 * Runs strategies over bars as a live agent would have lived them: a fold of `Engine.step`, passed over where nothing
 * can happen. Whatever is wrong with what is asked for is told at once; a run itself cannot fail.
 */
export const run = (options: Options): Result.Result<Backtest, BacktestInvalid> =>
  Result.map(Plans.make(options), (plan) => {
    const steps = drive(plan);
    let step = steps.next();
    while (step.done !== true) step = steps.next();
    return step.value;
  });

/**
 * The same, giving word of its progress every quarter of a million bars. To cancel it, stop asking. The result is the
 * generator's return value.
 */
export const stream = (options: Options): Result.Result<Generator<Progress, Backtest>, BacktestInvalid> =>
  Result.map(Plans.make(options), drive);

function* drive(plan: Plan): Generator<Progress, Backtest> {
  const desk = new Desk(plan);
  const curve = new Curve(Money.toNumber(plan.spec.capital));
  const [only] = plan.lanes;
  const samples =
    plan.lanes.length === 1 && only !== undefined
      ? yield* solo(plan, only, desk, curve)
      : yield* portfolio(plan, desk, curve);
  const { trades: log, refusals, account, guard } = desk;
  const performance = Performance.of(curve.drawn(), {
    samples,
    traded: log.traded,
    trips: log.tally.figures(),
  });
  let trades: ReadonlyArray<Trade> | undefined;
  let roundTrips: ReadonlyArray<RoundTrip> | undefined;
  return {
    plan,
    get trades() {
      trades ??= log.all();
      return trades;
    },
    refusals,
    get roundTrips() {
      roundTrips ??= RoundTrips.of(this.trades);
      return roundTrips;
    },
    account,
    guard,
    performance,
  };
}

/** Equity, drawdown and exposure at the end of every bar, drawn again from the trades. */
export const equity = ({ plan, trades }: Backtest): Equity.EquityCurve => Equity.of(plan, trades);

/** What buying and holding the same symbols would have come to, for nothing. */
export const benchmark = ({ plan }: Backtest): Performance.Performance => Equity.buyAndHold(plan);

/** One hash of all that was decided and done, and of the books it led to: the same inputs, the same digest, anywhere. */
export const digest = ({ trades, refusals, account, guard }: Backtest): Digest.Digest =>
  Digest.of({
    trades: trades.map((trade) => [
      Intent.orderId(trade),
      trade.side,
      trade.qty,
      trade.citedPrice,
      trade.price,
      trade.fee,
      trade.realized,
      trade.at,
    ]),
    refusals: refusals.map((refusal) => [
      Intent.orderId(refusal),
      refusal.side,
      refusal.qty,
      refusal.citedPrice,
      refusal.reason,
      refusal.at,
    ]),
    account,
    guard,
  });

/** The result as JSON: snake_case, amounts as decimal strings, instants as ISO 8601, figures as numbers or null. */
export const toJson = (backtest: Backtest) => ({
  ...Report.of(backtest),
  benchmark: Report.performance(benchmark(backtest)),
  digest: digest(backtest),
});
