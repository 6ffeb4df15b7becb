import type { MonteCarlo, Performance } from "@strom/core";
import { Backtest, Money } from "@strom/core";
import * as Chart from "../Chart.ts";
import type { Paint } from "../Paint.ts";
import * as Table from "../Table.ts";
import * as Figures from "./Figures.ts";
import * as Format from "./Format.ts";

/** A backtest as text for a terminal. */

const LAST_TRIPS = 5;

/** `ema_fast 9, ema_slow 21`. */
export const params = (value: unknown): string => {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return entries.length === 0 ? "no parameters" : entries.map(([name, one]) => `${name} ${one}`).join(", ");
};

/** What was run on what. */
export const head = (paint: Paint, { plan, performance }: Backtest.Backtest): ReadonlyArray<string> => {
  const { spec, lanes, intervalMs, fillAt } = plan;
  const bars = lanes.reduce((sum, lane) => sum + lane.end - lane.start, 0);
  const { half_spread_bps, slippage_bps, fee_bps } = spec.fill;
  return [
    `${paint.bold(spec.strategies.map(({ key }) => key).join(" + "))} on ${paint.bold(spec.symbols.join(", "))}`,
    paint.dim(
      `${Format.several(bars, "bar")} of ${Format.interval(intervalMs)}, ${Format.barEnd(performance.from, intervalMs)} to ${Format.barEnd(performance.to, intervalMs)}`,
    ),
    ...spec.strategies.map(({ key, params: chosen }) => paint.dim(`${key}: ${params(chosen)}`)),
    paint.dim(
      `capital ${Format.money(Money.toNumber(spec.capital))}; fills at the ${fillAt === "close" ? "close" : "next open"}, half-spread ${half_spread_bps} bp, slippage ${slippage_bps} bp, fee ${fee_bps} bp; seed ${spec.seed}`,
    ),
  ];
};

const comparison = (paint: Paint, lines: ReadonlyArray<Figures.Line>): ReadonlyArray<string> =>
  Table.lines(
    [
      ["", paint.dim("strategy"), paint.dim("buy and hold")],
      ...lines.map(({ name, value, held }) => [name, value, paint.dim(held)]),
    ],
    ["left", "right", "right"],
  );

const signed = (paint: Paint, amount: Money.Cash): string => {
  const text = Format.money(Money.toNumber(amount));
  return amount < 0n ? paint.red(text) : paint.green(text);
};

const lastTrips = (paint: Paint, { roundTrips, plan }: Backtest.Backtest): ReadonlyArray<string> =>
  roundTrips.length === 0
    ? []
    : [
        "",
        `The last ${Math.min(LAST_TRIPS, roundTrips.length)} round trips`,
        ...Table.lines(
          roundTrips
            .slice(-LAST_TRIPS)
            .map((trip) => [
              `  ${trip.symbol}`,
              trip.side.toLowerCase(),
              Figures.filledAt(plan, trip.openedAt),
              Figures.filledAt(plan, trip.closedAt),
              Money.format(trip.qty),
              signed(paint, trip.pnl),
              paint.dim(trip.closed),
            ]),
          ["left", "left", "left", "left", "right", "right"],
        ),
      ];

/** Equity and drawdown, as wide as the terminal. */
export const curves = (
  equity: ArrayLike<number>,
  drawdown: ArrayLike<number>,
  columns: number,
): ReadonlyArray<string> => {
  const width = Math.max(20, Math.min(120, columns - 16));
  const falls = Float64Array.from(drawdown, (value) => -value);
  return [
    "Equity",
    ...Chart.draw(equity, { columns: width, rows: 10, label: (value) => Format.count(value).padStart(11) }),
    "Drawdown",
    ...Chart.draw(falls, {
      columns: width,
      rows: 4,
      label: (value) => Format.percent(value).padStart(11),
      isHanging: true,
    }),
  ];
};

/** The whole report. */
export const report = (
  paint: Paint,
  backtest: Backtest.Backtest,
  benchmark: Performance.Performance,
  columns: number,
): string => {
  const { performance, refusals, plan } = backtest;
  const { equity, drawdown } = Backtest.equity(backtest);
  return [
    ...head(paint, backtest),
    "",
    ...comparison(paint, Figures.returns(performance, benchmark, plan.intervalMs)),
    "",
    ...Table.lines(Figures.trips(performance), ["left", "right"]),
    "",
    ...curves(equity, drawdown, columns),
    ...lastTrips(paint, backtest),
    "",
    ...(refusals.length === 0
      ? []
      : [`${Format.several(refusals.length, "order")} refused: ${Figures.refusals(refusals)}`]),
    paint.dim(`digest ${Backtest.digest(backtest)}`),
  ].join("\n");
};

/** A trade bootstrap in a few lines. */
export const bootstrap = (drawn: MonteCarlo.MonteCarlo | null): ReadonlyArray<string> =>
  drawn === null
    ? ["Fewer than two round trips: nothing to draw again"]
    : [
        `Its ${Format.count(drawn.trades)} round trips drawn again, ${Format.count(drawn.runs)} times`,
        ...Table.lines(
          [
            ["", "one in 20 below", "median", "one in 20 above"],
            [
              "  Return",
              ...[drawn.growth.p5, drawn.growth.p50, drawn.growth.p95].map((one) => Format.percent(one - 1)),
            ],
            [
              "  Max drawdown",
              ...[drawn.maxDrawdown.p5, drawn.maxDrawdown.p50, drawn.maxDrawdown.p95].map((one) =>
                Format.percent(-one),
              ),
            ],
            ["  Ends in a loss", "", Format.chance(drawn.lossProbability), ""],
          ],
          ["left", "right", "right", "right"],
        ),
      ];
