import type { Backtest } from "../Backtest.ts";
import * as FillModel from "../FillModel.ts";
import * as Id from "../Id.ts";
import * as Intent from "../Intent.ts";
import * as Money from "../Money.ts";
import type { Performance } from "../Performance.ts";
import type { Fall } from "../performance/Fall.ts";
import * as Risk from "../Risk.ts";
import type { Refusal, RoundTrip, Trade } from "./Trade.ts";

/** A result as JSON. */

const iso = (at: number): string => new Date(at).toISOString();

export const of = ({ plan, trades, refusals, roundTrips, account, performance: figures }: Backtest) => ({
  symbols: plan.spec.symbols,
  strategies: plan.spec.strategies.map(({ key, params }) => ({ key, params })),
  risk_profile: plan.spec.risk,
  fill: { ...plan.spec.fill, minimum_fee: Money.format(plan.spec.fill.minimum_fee) },
  fill_at: plan.fillAt,
  seed: plan.spec.seed.toString(),
  interval_ms: plan.intervalMs,
  capital: Money.formatFixed(plan.spec.capital, 2),
  account: {
    cash: Money.format(account.cash),
    realized_pnl: Money.format(account.realized),
    fees: Money.format(account.fees),
    positions: Object.entries(account.positions).map(([symbol, { qty, costBasis }]) => ({
      symbol,
      net_qty: Money.format(qty),
      cost_basis: Money.format(costBasis),
    })),
  },
  performance: performance(figures),
  trades: trades.map(trade),
  refusals: refusals.map(refusal),
  round_trips: roundTrips.map(roundTrip),
});

export const performance = (figures: Performance) => ({
  from: iso(figures.from),
  to: iso(figures.to),
  start_equity: figures.startEquity,
  end_equity: figures.endEquity,
  returns: figures.returns,
  returns_per_year: figures.returnsPerYear,
  total_return: figures.totalReturn,
  cagr: figures.cagr,
  volatility: figures.volatility,
  sharpe: figures.sharpe,
  sharpe_per_return: figures.sharpePerReturn,
  sortino: figures.sortino,
  calmar: figures.calmar,
  skewness: figures.skewness,
  kurtosis: figures.kurtosis,
  probabilistic_sharpe: figures.probabilisticSharpe,
  max_drawdown: fall(figures.maxDrawdown),
  longest_drawdown: fall(figures.longestDrawdown),
  value_at_risk_95: figures.valueAtRisk95,
  conditional_value_at_risk_95: figures.conditionalValueAtRisk95,
  exposure: figures.exposure,
  turnover: figures.turnover,
  trips: {
    count: figures.trips.count,
    wins: figures.trips.wins,
    losses: figures.trips.losses,
    win_rate: figures.trips.winRate,
    profit_factor: figures.trips.profitFactor,
    expectancy: figures.trips.expectancy,
    average_win: figures.trips.averageWin,
    average_loss: figures.trips.averageLoss,
    best: figures.trips.best,
    worst: figures.trips.worst,
    win_streak: figures.trips.winStreak,
    loss_streak: figures.trips.lossStreak,
    average_hold_ms: figures.trips.averageHoldMs,
    fees: figures.trips.fees,
  },
});

const fall = (fallen: Fall | null) =>
  fallen === null
    ? null
    : {
        size: fallen.size,
        peak_at: iso(fallen.peakAt),
        trough_at: iso(fallen.troughAt),
        recovered_at: fallen.recoveredAt === null ? null : iso(fallen.recoveredAt),
      };

const trade = (filled: Trade) => {
  const orderId = Intent.orderId(filled);
  return {
    id: Id.trade(orderId, FillModel.FILL_NUMBER),
    order_id: orderId,
    symbol: filled.symbol,
    side: filled.side,
    qty: Money.format(filled.qty),
    requested_price: Money.format(filled.citedPrice),
    price: Money.format(filled.price),
    fee: Money.format(filled.fee),
    realized_pnl: Money.format(filled.realized),
    position_qty: Money.format(filled.position),
    ts: iso(filled.at),
    strategy_key: filled.strategyKey,
    rule: filled.rule,
    confidence: filled.confidence,
  };
};

const refusal = (refused: Refusal) => ({
  order_id: Intent.orderId(refused),
  symbol: refused.symbol,
  side: refused.side,
  qty: Money.format(refused.qty),
  requested_price: Money.format(refused.citedPrice),
  reason: refused.reason,
  ts: iso(refused.at),
  strategy_key: refused.strategyKey,
  rule: refused.rule,
  rules: Risk.records(refused.evidence),
});

const roundTrip = (trip: RoundTrip) => ({
  symbol: trip.symbol,
  side: trip.side,
  opened_at: iso(trip.openedAt),
  closed_at: iso(trip.closedAt),
  qty: Money.format(trip.qty),
  entry_notional: Money.format(trip.entryNotional),
  exit_notional: Money.format(trip.exitNotional),
  fees: Money.format(trip.fees),
  pnl: Money.format(trip.pnl),
  opened: trip.opened,
  closed: trip.closed,
});
