import { Backtest, MonteCarlo } from "@strom/core";
import { Effect, Option } from "effect";
import { Command, Flag } from "effect/cli";
import * as Given from "../Given.ts";
import * as Json from "../Json.ts";
import * as Paint from "../Paint.ts";
import * as Progress from "../Progress.ts";
import { InputRefused } from "../Refusal.ts";
import * as Flags from "./Flags.ts";
import * as Format from "./Format.ts";
import * as Output from "./Output.ts";
import * as ReportPage from "./ReportPage.ts";
import * as Terminal from "./Terminal.ts";

/** Runs it step by step, so that Ctrl+C is heard and the bar moves. */
const drive = (options: Backtest.Options, asked: Flags.Span) =>
  Effect.gen(function* () {
    const steps = yield* Flags.orRefuse(Backtest.stream(options), asked);
    const progress = Progress.make("backtest");
    const startedAt = performance.now();
    let step = steps.next();
    while (step.done !== true) {
      const { bars, of, trades } = step.value;
      const speed = bars / Math.max(1, performance.now() - startedAt);
      progress.show(
        bars / of,
        `${Format.count(trades)} trades, ${Format.ratio(speed / 1000)} million bars a second`,
      );
      yield* Effect.yieldNow;
      step = steps.next();
    }
    progress.clear();
    return step.value;
  });

/** One set of parameters for one strategy, or one by key for several. */
const choices = (named: ReadonlyArray<string>, params: Option.Option<unknown>) =>
  Effect.gen(function* () {
    const strategies = yield* Effect.forEach(named, Flags.strategy);
    const given = Option.getOrElse(params, () => ({}));
    if (strategies.length === 1) return strategies.map((strategy) => ({ strategy, params: given }));
    const keyed = new Map(typeof given === "object" && given !== null ? Object.entries(given) : []);
    const unknown = [...keyed.keys()].find((key) => !strategies.some((strategy) => strategy.key === key));
    if (unknown !== undefined) {
      const keys = strategies.map((strategy) => strategy.key).join(", ");
      return yield* new InputRefused({
        message: `--params: with several strategies it holds a set for each by its key (${keys}), not ${unknown}`,
      });
    }
    return strategies.map((strategy) => ({ strategy, params: keyed.get(strategy.key) ?? {} }));
  });

export const backtest = Command.make(
  "backtest",
  {
    strategy: Flag.String("strategy").pipe(
      Flag.withAlias("s"),
      Flag.withDescription("A key of the catalog or a file; again for each further one"),
      Flag.atLeast(1),
    ),
    params: Json.flag(
      "params",
      'Parameters as JSON; of several strategies by key: {"ema_crossover": {"ema_fast": 12}}',
    ),
    monteCarlo: Given.whole(
      "monte-carlo",
      { from: 0, to: 100_000 },
      "Draws the trades again so many times, for bands of what might have been; default 0",
    ).pipe(Flag.withDefault(0)),
    ...Flags.shared,
    ...Output.flags,
  },
  Effect.fnUntraced(function* (asked) {
    const read = yield* Flags.read(asked);
    const strategies = yield* choices(asked.strategy, asked.params);
    const result = yield* drive({ ...read, strategies }, asked);
    const benchmark = Backtest.benchmark(result);
    const returns = MonteCarlo.returnsOf(result.plan.spec.capital, result.roundTrips);
    const runs = asked.monteCarlo;
    const drawn = runs === 0 ? null : MonteCarlo.run({ returns, runs, seed: result.plan.spec.seed });
    const paint = Paint.forStream(process.stdout, process.env["NO_COLOR"]);
    yield* Output.print(asked, {
      text: () =>
        [
          Terminal.report(paint, result, benchmark, process.stdout.columns ?? 100),
          ...(runs === 0 ? [] : ["", ...Terminal.bootstrap(drawn)]),
        ].join("\n"),
      json: () => ({ ...Backtest.toJson(result), monte_carlo: drawn }),
      page: () => ReportPage.page(result, benchmark, drawn),
    });
  }),
).pipe(
  Command.withDescription(
    "Trades a strategy over recorded bars as a live agent would have, and reports what came of it",
  ),
  Command.withExamples([
    {
      command: "strom backtest --strategy ema_crossover --data spy-1d.csv",
      description: "Figures beside buy and hold, and the curve",
    },
    {
      command: `strom backtest -s ./my-strategy.ts --data btcusd-1m.csv --interval 1h --fill-at next_open --out report.html`,
      description: "A file of your own, on hours, filled at the next open, as a page",
    },
    {
      command: `strom backtest -s donchian_breakout --data spy-1d.csv --risk '{"max_risk_per_trade_pct": 2, "trailing_stop_pct": 8}'`,
      description: "Sized by its stop",
    },
  ]),
);
