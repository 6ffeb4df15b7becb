import type { Agent as AgentSchema, Stats } from "@strom/adapters/http/AgentsApi.ts";
import { Agent as Machine, Money, Risk } from "@strom/core";
import type { Agent, BookRows } from "@strom/core/ports";
import * as Returns from "./Returns.ts";

/** The moves a caller may make over HTTP; the others come with a change, or from the pipeline. */
const moves = ["start", "pause", "stop"] as const;

/** An agent as the API shows it. */
export const agent = (agent: Agent): typeof AgentSchema.Type => ({
  id: agent.id,
  name: agent.name,
  mode: agent.mode,
  frequency_seconds: agent.frequencySeconds,
  universe: { symbols: agent.symbols },
  strategies: agent.strategies.map(({ key, params }) => ({ key, params })),
  strategy_ids: agent.strategies.map(({ strategyId }) => strategyId),
  risk_profile: agent.risk,
  capital: Money.formatFixed(agent.capital, 2),
  is_enabled: agent.isEnabled,
  status: agent.status,
  allowed: moves.filter((move) => Machine.allowed(agent.status).includes(move)),
  seed: String(agent.seed),
  config_version: agent.version,
  last_error: agent.lastError,
  created_at: agent.createdAt,
  updated_at: agent.updatedAt,
});

/** Symbols without a price that risk would take as fresh at the last run; before the first, those that never had one. */
const unpriced = ({ priced, frequency_seconds, last_run_at }: BookRows.Standing) => {
  const stale = (last_run_at ?? Number.NEGATIVE_INFINITY) - Risk.maxPriceAgeMs(frequency_seconds);
  return priced.filter(({ last_price_at }) => last_price_at === null || last_price_at < stale);
};

/** Figures of an agent from its books; what cannot be told is null, never a made-up number. */
export const stats = (id: Agent["id"], standing: BookRows.Standing): typeof Stats.Type => {
  const capital = Number(standing.capital);
  const equity = Number(standing.equity);
  const peak = Math.max(Number(standing.peak_equity), equity);
  const drawdown = peak > 0 ? Math.max(0, (peak - equity) / peak) : 0;
  const { closing_fills, winning_fills, hourly_equity } = standing;
  return {
    agent_id: id,
    status: standing.status,
    capital: standing.capital,
    equity: standing.equity,
    cash: standing.cash,
    realized_pnl: standing.realized_pnl,
    unrealized_pnl: standing.unrealized_pnl,
    fees: standing.fees,
    pnl: difference(standing.equity, standing.capital),
    return_fraction: capital > 0 ? (equity - capital) / capital : 0,
    drawdown,
    max_drawdown: Math.max(drawdown, Returns.maxDrawdown([...hourly_equity, equity])),
    win_rate: closing_fills === 0 ? null : winning_fills / closing_fills,
    sharpe: Returns.sharpe(hourly_equity, Returns.hoursPerYear),
    open_positions: standing.open_positions,
    fills: standing.fills,
    closing_fills,
    rejections: standing.rejections,
    missed_ticks: standing.missed_ticks,
    first_run_at: standing.first_run_at,
    last_run_at: standing.last_run_at,
    unpriced: unpriced(standing),
  };
};

/** The exact difference of two decimal strings. */
const difference = (a: string, b: string): string => Money.format(micro(a) - micro(b));

const micro = (text: string): bigint => {
  const [whole = "0", fraction = ""] = text.replace("-", "").split(".");
  const value = BigInt(whole) * Money.ONE + BigInt(fraction.padEnd(Money.SCALE, "0"));
  return text.startsWith("-") ? -value : value;
};
