import type { Backtest } from "@strom/core";

/**
 * The figures of a run computed a second time, as the textbooks write them: over arrays, in as many passes as it takes,
 * with the engine's own `Math`.
 */
const YEAR_MS = 365.25 * 86_400_000;

export const of = (equity: ReadonlyArray<number>, at: ReadonlyArray<number>, pnls: ReadonlyArray<number>) => {
  const returns = equity.slice(1).map((value, index) => value / (equity[index] ?? Number.NaN) - 1);
  const n = returns.length;
  const years = ((at.at(-1) ?? 0) - (at[0] ?? 0)) / YEAR_MS;
  const perYear = n / years;
  const mean = sum(returns) / n;
  const deviation = Math.sqrt(sum(returns.map((r) => (r - mean) ** 2)) / (n - 1));
  const moment = (power: number) => sum(returns.map((r) => (r - mean) ** power)) / n;
  const downside = Math.sqrt(sum(returns.map((r) => Math.min(r, 0) ** 2)) / n);
  const first = equity[0] ?? Number.NaN;
  const last = equity.at(-1) ?? Number.NaN;
  const falls = equity.map((value, index) => 1 - value / Math.max(...equity.slice(0, index + 1)));
  const maxDrawdown = Math.max(...falls);
  const cagr = (last / first) ** (1 / years) - 1;
  const skewness = moment(3) / moment(2) ** 1.5;
  const kurtosis = moment(4) / moment(2) ** 2;
  const days = daily(equity, at);
  const worst = days.slice(0, Math.ceil(days.length / 20));
  const wins = pnls.filter((pnl) => pnl > 0);
  const losses = pnls.filter((pnl) => pnl < 0);
  return {
    returns: n,
    totalReturn: last / first - 1,
    cagr,
    volatility: deviation * Math.sqrt(perYear),
    sharpe: (mean / deviation) * Math.sqrt(perYear),
    sortino: (mean / downside) * Math.sqrt(perYear),
    calmar: cagr / maxDrawdown,
    maxDrawdown,
    skewness,
    kurtosis,
    valueAtRisk95: -(worst.at(-1) ?? Number.NaN),
    conditionalValueAtRisk95: -sum(worst) / worst.length,
    probabilisticSharpe: normal(
      ((mean / deviation) * Math.sqrt(n - 1)) /
        Math.sqrt(1 - skewness * (mean / deviation) + ((kurtosis - 1) / 4) * (mean / deviation) ** 2),
    ),
    winRate: wins.length / pnls.length,
    profitFactor: sum(wins) / -sum(losses),
    expectancy: sum(pnls) / pnls.length,
    best: Math.max(...pnls),
    worst: Math.min(...pnls),
  };
};

export type Figures = ReturnType<typeof of>;

/** The same names out of what a run says. */
export const said = ({
  performance,
}: Backtest.Backtest): { readonly [K in keyof Figures]: number | null } => ({
  ...performance,
  maxDrawdown: performance.maxDrawdown?.size ?? null,
  winRate: performance.trips.winRate,
  profitFactor: performance.trips.profitFactor,
  expectancy: performance.trips.expectancy,
  best: performance.trips.best,
  worst: performance.trips.worst,
});

/** Returns of the UTC days from their last sample to the last of the day before, ascending. */
const daily = (equity: ReadonlyArray<number>, at: ReadonlyArray<number>): ReadonlyArray<number> => {
  const closes = new Map<number, number>();
  at.forEach((instant, index) => {
    closes.set(Math.floor(instant / 86_400_000), equity[index] ?? Number.NaN);
  });
  const values = [...closes.values()];
  return values
    .slice(1)
    .map((value, index) => value / (values[index] ?? Number.NaN) - 1)
    .sort((a, b) => a - b);
};

const sum = (values: ReadonlyArray<number>): number => values.reduce((total, value) => total + value, 0);

/** The standard normal distribution by Simpson's rule. */
const normal = (x: number): number => {
  const steps = 2_000;
  const width = x / steps;
  const density = (z: number) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  let area = density(0) + density(x);
  for (let i = 1; i < steps; i++) area += (i % 2 === 1 ? 4 : 2) * density(i * width);
  return 0.5 + (area * width) / 3;
};
