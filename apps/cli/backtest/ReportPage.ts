import type { MonteCarlo, Performance } from "@strom/core";
import { Backtest, Money } from "@strom/core";
import type { Html } from "../page/Html.ts";
import * as Page from "../page/Page.ts";
import { plot } from "../page/Plot.ts";
import * as Figures from "./Figures.ts";
import * as Format from "./Format.ts";
import { params } from "./Terminal.ts";

/** A backtest as one self-contained page. */

/** A page with a hundred thousand rows is no help. */
const ROWS_MAX = 500;

const subtitle = ({ plan, performance }: Backtest.Backtest): string => {
  const { spec, intervalMs } = plan;
  const chosen = spec.strategies.map((choice) => `${choice.key} (${params(choice.params)})`).join(" + ");
  return `${chosen}, ${Format.interval(intervalMs)} bars, ${Format.barEnd(performance.from, intervalMs)} to ${Format.barEnd(performance.to, intervalMs)}, capital ${Format.money(Money.toNumber(spec.capital))}`;
};

/** What equal parts bought at the first close and held are worth, instant by instant: the benchmark's curve. */
const heldCurve = ({ plan }: Backtest.Backtest, equity: ArrayLike<number>): Float64Array | null => {
  const [only] = plan.lanes;
  if (only === undefined || plan.lanes.length > 1) return null;
  const { columns, start } = only;
  const first = columns.close[start] ?? 1;
  const capital = Money.toNumber(plan.spec.capital);
  return Float64Array.from(
    { length: equity.length },
    (_, i) => (capital * (columns.close[start + i] ?? first)) / first,
  );
};

const trips = ({ roundTrips, plan }: Backtest.Backtest): ReadonlyArray<Html> => [
  Page.heading(
    roundTrips.length > ROWS_MAX
      ? `The last ${ROWS_MAX} of ${Format.count(roundTrips.length)} round trips`
      : "Round trips",
  ),
  Page.table(
    ["Symbol", "Side", "Opened", "Closed", "Quantity", "In", "Out", "Fees", "Profit", "By", "Closed by"],
    roundTrips
      .slice(-ROWS_MAX)
      .map((trip) => [
        trip.symbol,
        trip.side.toLowerCase(),
        Figures.filledAt(plan, trip.openedAt),
        Figures.filledAt(plan, trip.closedAt),
        Money.format(trip.qty),
        Money.formatFixed(trip.entryNotional, 2),
        Money.formatFixed(trip.exitNotional, 2),
        Money.formatFixed(trip.fees, 2),
        Money.formatFixed(trip.pnl, 2),
        trip.opened,
        trip.closed,
      ]),
    ["Quantity", "In", "Out", "Fees", "Profit"],
  ),
];

/** The fan of a trade bootstrap. */
const bootstrap = (drawn: MonteCarlo.MonteCarlo): ReadonlyArray<Html> => [
  Page.heading(`Its trades drawn again, ${Format.count(drawn.runs)} times`),
  plot({
    title: "Growth, with the middle half and nine tenths",
    from: "0",
    to: `${Format.count(drawn.trades)} trades`,
    lines: [{ name: "median", kind: "main", values: drawn.path.map((point) => point.p50) }],
    bands: [
      [drawn.path.map((point) => point.p5), drawn.path.map((point) => point.p95)],
      [drawn.path.map((point) => point.p25), drawn.path.map((point) => point.p75)],
    ],
    label: (value) => `${value.toFixed(2)} ×`,
  }),
  Page.figures([
    [
      [
        "Growth, 5 % to 95 %",
        `${Format.percent(drawn.growth.p5 - 1)} to ${Format.percent(drawn.growth.p95 - 1)}`,
      ],
      ["Max drawdown, median", Format.percent(-drawn.maxDrawdown.p50)],
    ],
    [
      ["Ends in a loss", Format.chance(drawn.lossProbability)],
      ["Max drawdown, one in twenty", Format.percent(-drawn.maxDrawdown.p95)],
    ],
  ]),
];

export const page = (
  backtest: Backtest.Backtest,
  benchmark: Performance.Performance,
  drawn: MonteCarlo.MonteCarlo | null,
): string => {
  const { plan, performance, refusals } = backtest;
  const { equity, drawdown, exposure } = Backtest.equity(backtest);
  const held = heldCurve(backtest, equity);
  const span = {
    from: Format.barEnd(performance.from, plan.intervalMs),
    to: Format.barEnd(performance.to, plan.intervalMs),
  };
  const fall = Float64Array.from(drawdown, (value) => -value);
  const lines = Figures.returns(performance, benchmark, plan.intervalMs);
  return Page.page({
    title: `${plan.spec.strategies.map(({ key }) => key).join(" + ")} on ${plan.spec.symbols.join(", ")}`,
    subtitle: subtitle(backtest),
    parts: [
      plot({
        title: "Equity",
        ...span,
        lines: [
          { name: "strategy", kind: "main", values: equity },
          ...(held === null ? [] : [{ name: "buy and hold", kind: "other" as const, values: held }]),
        ],
        label: Format.count,
      }),
      plot({
        title: "Drawdown",
        ...span,
        lines: [{ name: "drawdown", kind: "fall", values: fall }],
        label: Format.percent,
      }),
      plot({
        title: "Exposure",
        ...span,
        lines: [{ name: "exposure", kind: "main", values: exposure }],
        label: Format.percent,
      }),
      Page.heading("Figures"),
      Page.table(
        ["", "Strategy", "Buy and hold"],
        lines.map(({ name, value, held: other }) => [name.trim(), value, other]),
        ["Strategy", "Buy and hold"],
      ),
      Page.heading("Trades"),
      Page.figures([Figures.trips(performance).slice(0, 5), Figures.trips(performance).slice(5)]),
      ...(drawn === null ? [] : bootstrap(drawn)),
      ...trips(backtest),
      ...(refusals.length === 0
        ? []
        : [
            Page.heading("Refused orders"),
            Page.table(
              ["Rule"],
              Figures.refusals(refusals)
                .split(", ")
                .map((one) => [one]),
            ),
          ]),
    ],
    footer: `STROM, digest ${Backtest.digest(backtest)}, seed ${plan.spec.seed}`,
  });
};
