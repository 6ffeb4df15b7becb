import type { Backtest, Performance } from "@strom/core";
import * as Format from "./Format.ts";

/** The figures of a backtest in the order in which a trader asks for them, for the terminal and for the page. */

export interface Line {
  readonly name: string;
  readonly value: string;
  /** The same of buying and holding; empty where it has no meaning. */
  readonly held: string;
}

type Fall = Performance.Performance["maxDrawdown"];

const fallen = (fall: Fall): string => (fall === null ? "none" : Format.percent(-fall.size));

const span = (fall: Fall, nowAt: number): string =>
  fall === null
    ? "–"
    : `${Format.long((fall.recoveredAt ?? nowAt) - fall.peakAt)}${fall.recoveredAt === null ? ", not over" : ""}`;

/** What was made, and at what risk, beside buying and holding. */
export const returns = (
  performance: Performance.Performance,
  benchmark: Performance.Performance,
  intervalMs: number,
): ReadonlyArray<Line> => {
  const both = (name: string, of: (one: Performance.Performance) => string): Line => ({
    name,
    value: of(performance),
    held: of(benchmark),
  });
  const { maxDrawdown } = performance;
  const dates =
    maxDrawdown === null
      ? "–"
      : `${Format.barEnd(maxDrawdown.peakAt, intervalMs)} to ${Format.barEnd(maxDrawdown.troughAt, intervalMs)}`;
  return [
    both("Final equity", (one) => Format.money(one.endEquity)),
    both("Total return", (one) => Format.percent(one.totalReturn)),
    both("Growth a year (CAGR)", (one) => Format.percent(one.cagr)),
    both("Volatility a year", (one) => Format.percent(one.volatility)),
    both("Sharpe", (one) => Format.ratio(one.sharpe)),
    both("Sortino", (one) => Format.ratio(one.sortino)),
    both("Calmar", (one) => Format.ratio(one.calmar)),
    both("Sharpe above 0, probably", (one) => Format.chance(one.probabilisticSharpe)),
    both("Max drawdown", (one) => fallen(one.maxDrawdown)),
    { name: "  from peak to trough", value: dates, held: "" },
    both("Longest drawdown", (one) => span(one.longestDrawdown, one.to)),
    both("Worst day in twenty (VaR)", (one) => Format.percent(one.valueAtRisk95)),
    both("Mean of those (CVaR)", (one) => Format.percent(one.conditionalValueAtRisk95)),
    { name: "Exposure", value: Format.percent(performance.exposure), held: "" },
    {
      name: "Turnover",
      value: performance.turnover === null ? "–" : `${Format.ratio(performance.turnover)} ×`,
      held: "",
    },
  ];
};

/** What the round trips came to. */
export const trips = ({
  trips: figures,
}: Performance.Performance): ReadonlyArray<readonly [string, string]> => [
  ["Round trips", Format.count(figures.count)],
  ["Won", `${Format.count(figures.wins)} (${Format.percent(figures.winRate)})`],
  ["Profit factor", Format.ratio(figures.profitFactor)],
  ["Expectancy", Format.money(figures.expectancy)],
  [
    "Average win / loss",
    `${Format.money(figures.averageWin)} / ${Format.money(figures.averageLoss === null ? null : -figures.averageLoss)}`,
  ],
  ["Best / worst", `${Format.money(figures.best)} / ${Format.money(figures.worst)}`],
  ["Most in a row, won / lost", `${figures.winStreak} / ${figures.lossStreak}`],
  ["Average time held", Format.duration(figures.averageHoldMs)],
  ["Fees", Format.money(figures.fees)],
];

/** Rejections by rule, the most frequent first: `12 notional_exposure, 3 cooldown_active`. */
export const refusals = (refused: ReadonlyArray<Backtest.Refusal>): string => {
  const counts = new Map<string, number>();
  for (const { reason } of refused) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([reason, times]) => `${Format.count(times)} ${reason}`)
    .join(", ");
};

/** When a trade was filled: at the end of a bar, or at the open of the next. */
export const filledAt = ({ fillAt, intervalMs }: Backtest.Backtest["plan"], at: number): string =>
  fillAt === "close" ? Format.barEnd(at, intervalMs) : Format.instant(at, intervalMs);
