import type { ParameterSpace } from "@strom/core";
import { Backtest, Sweep } from "@strom/core";
import { Effect, Option } from "effect";
import { Command, Flag } from "effect/cli";
import * as Parallel from "../../sweep/Parallel.ts";
import * as Given from "../Given.ts";
import * as Paint from "../Paint.ts";
import * as Progress from "../Progress.ts";
import * as Page from "../page/Page.ts";
import { plot } from "../page/Plot.ts";
import * as Table from "../Table.ts";
import * as Axes from "./Axes.ts";
import * as Flags from "./Flags.ts";
import * as Format from "./Format.ts";
import * as Output from "./Output.ts";
import { params } from "./Terminal.ts";

const HEADER = [
  "",
  "Parameters",
  "Return",
  "CAGR",
  "Sharpe",
  "Sortino",
  "Max drawdown",
  "Round trips",
  "Profit factor",
];

/** A set and what came of it. */
const cells = ({ params: chosen, performance, problem }: Sweep.Row, rank: number): ReadonlyArray<string> =>
  performance === null
    ? [`${rank}`, params(chosen), problem ?? ""]
    : [
        `${rank}`,
        params(chosen),
        Format.percent(performance.totalReturn),
        Format.percent(performance.cagr),
        Format.ratio(performance.sharpe),
        Format.ratio(performance.sortino),
        performance.maxDrawdown === null ? "none" : Format.percent(-performance.maxDrawdown.size),
        Format.count(performance.trips.count),
        Format.ratio(performance.trips.profitFactor),
      ];

/** Whether the best is more than the best of so many lucky tries. */
const luck = ({ deflatedSharpe, rows }: Sweep.Sweep): string => {
  if (deflatedSharpe === null)
    return "Whether the best is luck cannot be told: too few sets, or too few returns";
  const verdict = deflatedSharpe < 0.95 ? "call it lucky" : "more than luck";
  return `The best of ${Format.count(rows.length)} is better than luck with a probability of ${Format.chance(deflatedSharpe)} (deflated Sharpe): ${verdict}`;
};

const text = (
  paint: Paint.Paint,
  title: string,
  sweep: Sweep.Sweep,
  space: ParameterSpace.Space,
  top: number,
) =>
  [
    paint.bold(title),
    paint.dim(
      `${Format.several(sweep.rows.length, "set")} tried${space.refused === 0 ? "" : `, ${Format.several(space.refused, "combination")} the strategy refuses left out`}; the best by ${sweep.metric} first`,
    ),
    "",
    ...Table.lines(
      [
        HEADER.map((name) => paint.dim(name)),
        ...sweep.ranked.slice(0, top).map((row, i) => cells(row, i + 1)),
      ],
      ["right", "left", "right", "right", "right", "right", "right", "right", "right"],
    ),
    ...(sweep.ranked.length > top
      ? [paint.dim(`… and ${Format.count(sweep.ranked.length - top)} more; --top shows them`)]
      : []),
    "",
    luck(sweep),
    paint.dim(`digest ${sweep.digest}`),
  ].join("\n");

/** The best one's curve, and the table of all. */
const page = (title: string, sweep: Sweep.Sweep, best: Backtest.Backtest | null): string => {
  const curve = best === null ? null : Backtest.equity(best);
  return Page.page({
    title,
    subtitle: `${Format.several(sweep.rows.length, "set")} tried, the best by ${sweep.metric} first`,
    parts: [
      ...(best === null || curve === null
        ? []
        : [
            plot({
              title: `Equity of the best: ${params(sweep.best?.params)}`,
              from: Format.barEnd(best.performance.from, best.plan.intervalMs),
              to: Format.barEnd(best.performance.to, best.plan.intervalMs),
              lines: [{ name: "equity", kind: "main", values: curve.equity }],
              label: Format.count,
            }),
          ]),
      plot({
        title: `${sweep.metric} from the best to the worst`,
        from: "1",
        to: Format.count(sweep.rows.length),
        lines: [
          {
            name: sweep.metric,
            kind: "main",
            // A profit factor without a loser is above any that can be drawn.
            values: sweep.ranked
              .flatMap(({ performance }) => Sweep.figure(sweep.metric, performance) ?? [])
              .filter(Number.isFinite),
          },
        ],
        label: Format.ratio,
      }),
      Page.heading("Every set"),
      Page.table(
        HEADER,
        sweep.ranked.slice(0, 1000).map((row, i) => cells(row, i + 1)),
        HEADER.slice(2),
      ),
      Page.heading("Luck"),
      Page.figures([[[luck(sweep), ""]]]),
    ],
    footer: `STROM, digest ${sweep.digest}`,
  });
};

export const sweep = Command.make(
  "sweep",
  {
    ...Axes.flags,
    top: Given.whole("top", { from: 1 }, "How many sets are shown; default 10").pipe(Flag.withDefault(10)),
    ...Flags.shared,
    ...Output.flags,
  },
  Effect.fnUntraced(function* (asked) {
    const read = yield* Flags.read(asked);
    const found = yield* Flags.strategyAndFile(asked.strategy);
    const space = yield* Axes.space(found.strategy, asked, read.seed);
    const options = { ...read, strategy: found.strategy, candidates: space.candidates, metric: asked.metric };
    const progress = Progress.make("sweep");
    const swept = yield* Parallel.sweep(found, options, {
      threads: Option.getOrUndefined(asked.threads),
      onDone: (done, of) => progress.show(done / of, `${Format.count(done)} of ${Format.count(of)} sets`),
    });
    progress.clear();
    const accepted = yield* Flags.orRefuse(swept, asked);
    const title = `${found.strategy.key} on ${read.bars.map((bars) => bars.symbol).join(", ")}`;
    const paint = Paint.forStream(process.stdout, process.env["NO_COLOR"]);
    yield* Output.print(asked, {
      text: () => text(paint, title, accepted, space, asked.top),
      json: () => ({ ...Sweep.toJson(accepted), refused: space.refused }),
      page: () => {
        const { best } = accepted;
        const again = best === null ? null : Backtest.run(Sweep.backtestOf(options, best.params));
        return page(title, accepted, again === null || again._tag === "Failure" ? null : again.success);
      },
    });
  }),
).pipe(
  Command.withDescription(
    "Backtests many sets of parameters on all processors, and says how much of the best is luck",
  ),
  Command.withExamples([
    {
      command: "strom sweep -s ema_crossover --data spy-1d.csv -p ema_fast=5..20:5 -p ema_slow=20..100:10",
      description: "Every combination, by Sharpe",
    },
    {
      command:
        "strom sweep -s donchian_breakout --data btcusd-1d.csv -p entry_length=5..100 -p exit_length=2..50 --random 200 --metric calmar",
      description: "Two hundred drawn sets, by Calmar",
    },
  ]),
);
