import type { Performance } from "@strom/core";
import { Backtest, WalkForward } from "@strom/core";
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
import * as Figures from "./Figures.ts";
import * as Flags from "./Flags.ts";
import * as Format from "./Format.ts";
import * as Output from "./Output.ts";
import { curves, params } from "./Terminal.ts";

const HEADER = [
  "Chosen on",
  "Traded on",
  "Parameters",
  "Return before",
  "Return after",
  "Sharpe before",
  "Sharpe after",
];

const span = ({ from, to }: WalkForward.Span, intervalMs: number): string =>
  `${Format.barEnd(from, intervalMs)} to ${Format.barEnd(to, intervalMs)}`;

const rows = (walk: WalkForward.WalkForward, intervalMs: number): ReadonlyArray<ReadonlyArray<string>> =>
  walk.folds.map(({ train, test, chosen, tested }) => [
    span(train, intervalMs),
    span(test, intervalMs),
    chosen === null ? "none" : params(chosen.params),
    Format.percent(chosen?.performance?.totalReturn),
    Format.percent(tested?.totalReturn),
    Format.ratio(chosen?.performance?.sharpe),
    Format.ratio(tested?.sharpe),
  ]);

const efficiency = ({ efficiency: value }: WalkForward.WalkForward): string =>
  value === null ? "– (the trainings made nothing)" : Format.percent(value);

/** How far each sample is below the highest before it, as a fraction. */
const drawdownOf = (equity: Float64Array): Float64Array => {
  let peak = Number.NEGATIVE_INFINITY;
  return equity.map((worth) => {
    peak = Math.max(peak, worth);
    return peak > 0 ? (peak - worth) / peak : 0;
  });
};

interface Shown {
  readonly title: string;
  readonly walk: WalkForward.WalkForward;
  readonly benchmark: Performance.Performance;
  readonly intervalMs: number;
}

const text = (paint: Paint.Paint, { title, walk, benchmark, intervalMs }: Shown, columns: number): string =>
  [
    paint.bold(title),
    paint.dim(
      `walked forward in ${Format.several(walk.folds.length, "window")}, chosen by ${walk.metric}; what follows was traded on bars unknown when choosing`,
    ),
    "",
    ...Table.lines(
      [HEADER.map((name) => paint.dim(name)), ...rows(walk, intervalMs)],
      ["left", "left", "left", "right", "right", "right", "right"],
    ),
    "",
    ...Table.lines(
      [
        ["", paint.dim("walk"), paint.dim("buy and hold")],
        ...Figures.returns(walk.performance, benchmark, intervalMs).map(({ name, value, held }) => [
          name,
          value,
          paint.dim(held),
        ]),
        ["Efficiency (after over before)", efficiency(walk)],
      ],
      ["left", "right", "right"],
    ),
    "",
    ...curves(walk.equity, drawdownOf(walk.equity), columns),
    "",
    paint.dim(`digest ${walk.digest}`),
  ].join("\n");

const page = ({ title, walk, benchmark, intervalMs }: Shown): string => {
  const { performance, equity } = walk;
  const ends = {
    from: Format.barEnd(performance.from, intervalMs),
    to: Format.barEnd(performance.to, intervalMs),
  };
  const fall = drawdownOf(equity).map((value) => -value);
  return Page.page({
    title,
    subtitle: `Walked forward in ${Format.several(walk.folds.length, "window")}, chosen by ${walk.metric}; every bar traded was unknown when choosing`,
    parts: [
      plot({
        title: "Equity",
        ...ends,
        lines: [{ name: "equity", kind: "main", values: equity }],
        label: Format.count,
      }),
      plot({
        title: "Drawdown",
        ...ends,
        lines: [{ name: "drawdown", kind: "fall", values: fall }],
        label: Format.percent,
      }),
      Page.heading("Windows"),
      Page.table(HEADER, rows(walk, intervalMs), HEADER.slice(3)),
      Page.heading("Figures"),
      Page.table(
        ["", "Walk", "Buy and hold"],
        [
          ...Figures.returns(performance, benchmark, intervalMs).map(({ name, value, held }) => [
            name.trim(),
            value,
            held,
          ]),
          ["Efficiency (after over before)", efficiency(walk), ""],
        ],
        ["Walk", "Buy and hold"],
      ),
      Page.heading("Trades"),
      Page.figures([Figures.trips(performance).slice(0, 5), Figures.trips(performance).slice(5)]),
    ],
    footer: `STROM, digest ${walk.digest}`,
  });
};

export const walkForward = Command.make(
  "walkforward",
  {
    ...Axes.flags,
    train: Given.whole("train", { from: 2 }, "Bars to choose on"),
    test: Given.whole("test", { from: 2 }, "Bars to trade the choice on"),
    anchored: Flag.Boolean("anchored").pipe(
      Flag.withDescription("Chooses on all bars from the first one, not only on the last ones"),
      Flag.withDefault(false),
    ),
    ...Flags.shared,
    ...Output.flags,
  },
  Effect.fnUntraced(function* (asked) {
    const read = yield* Flags.read(asked);
    const found = yield* Flags.strategyAndFile(asked.strategy);
    const space = yield* Axes.space(found.strategy, asked, read.seed);
    const options: WalkForward.Options = {
      ...read,
      strategy: found.strategy,
      candidates: space.candidates,
      metric: asked.metric,
      trainBars: asked.train,
      testBars: asked.test,
      isAnchored: asked.anchored,
    };
    const progress = Progress.make("walkforward");
    const walked = yield* Parallel.walkForward(found, options, {
      threads: Option.getOrUndefined(asked.threads),
      onDone: (done, of) => progress.show(done / of, `${Format.count(done)} of ${Format.count(of)} sets`),
    });
    progress.clear();
    const walk = yield* Flags.orRefuse(walked, asked);
    // The same bars bought and held: the benchmark of a backtest of just the tests.
    const first = walk.folds[0]?.test.from;
    const held = yield* Flags.orRefuse(
      Backtest.run({ ...read, from: first, strategies: [{ strategy: "buy_and_hold" }] }),
      asked,
    );
    const shown: Shown = {
      title: `${found.strategy.key} on ${read.bars.map((one) => one.symbol).join(", ")}`,
      walk,
      benchmark: Backtest.benchmark(held),
      intervalMs: held.plan.intervalMs,
    };
    const paint = Paint.forStream(process.stdout, process.env["NO_COLOR"]);
    yield* Output.print(asked, {
      text: () => text(paint, shown, process.stdout.columns ?? 100),
      json: () => WalkForward.toJson(walk),
      page: () => page(shown),
    });
  }),
).pipe(
  Command.withDescription(
    "Chooses parameters on past bars and trades them on the bars after, window by window",
  ),
  Command.withExamples([
    {
      command:
        "strom walkforward -s ema_crossover --data spy-1d.csv -p ema_fast=5..20:5 -p ema_slow=20..100:20 --train 1000 --test 250",
      description: "Four years to choose on, one to trade, sliding",
    },
  ]),
);
