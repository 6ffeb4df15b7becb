import type { Report } from "@strom/core/testing";
import { explain, promises } from "@strom/core/testing";
import { Console, Effect, Option } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import * as Check from "../strategies/Check.ts";
import * as BarFlags from "./BarFlags.ts";
import * as Given from "./Given.ts";
import * as Json from "./Json.ts";
import * as Paint from "./Paint.ts";
import { CheckFailed, refuse } from "./Refusal.ts";
import * as Table from "./Table.ts";

const marks = { held: "✓", broken: "✗", skipped: "–" } as const;

/** A line a promise: whether it held, in how many runs, or why it was not tried. */
const table = (paint: Paint.Paint, report: Report): ReadonlyArray<string> => {
  const color = { held: paint.green, broken: paint.red, skipped: paint.dim };
  return Table.lines(
    report.checks.map(({ property, status, runs, reason }) => [
      `  ${color[status](marks[status])}`,
      property,
      status === "skipped" ? "" : `${runs} ${runs === 1 ? "run" : "runs"}`,
      paint.dim(reason ?? promises[property]),
    ]),
    ["left", "left", "right"],
  );
};

const text = (paint: Paint.Paint, report: Report): string => {
  const isSound = report.failures.length === 0;
  return [
    `${paint.bold(report.strategy)} (seed ${report.seed})`,
    ...table(paint, report),
    ...report.warnings.map((warning) => `  ${paint.yellow("!")} ${warning}`),
    ...(isSound ? [] : ["", ...explain(report).split("\n").slice(1)]),
  ].join("\n");
};

export const check = Command.make(
  "check",
  {
    files: Argument.String("file").pipe(
      Argument.withDescription("A file that exports strategies"),
      Argument.atLeast(1),
    ),
    runs: Given.whole(
      "runs",
      { from: 1, to: 1_000_000 },
      "Runs of each property; 10,000 take about a minute; default 300",
    ).pipe(Flag.withDefault(300)),
    seed: Given.whole(
      "seed",
      {},
      "Where chance begins: the same seed tries the same series; default 42",
    ).pipe(Flag.withDefault(42)),
    data: Given.text("data", BarFlags.FILE).pipe(
      Flag.withDescription("Bars of your own to try as well, CSV or Parquet"),
      Flag.optional,
    ),
    params: Json.flag(
      "params",
      "Parameters to check with, as JSON; without it, the defaults and others within their bounds",
    ),
    ...BarFlags.flags,
    json: Json.isWanted,
  },
  Effect.fnUntraced(function* ({ files, runs, seed, data, params, json, ...asked }) {
    const bars = Option.isSome(data) ? [...(yield* BarFlags.read(data.value, asked)).bars] : undefined;
    const options = { runs, seed, bars, params: Option.getOrUndefined(params) };
    const reports = (yield* Effect.forEach(files, (file) =>
      // A thousand runs take seconds; a file that loops for ever must still end some day.
      Check.file(file, options, 30_000 + runs * 100).pipe(Effect.mapError(refuse)),
    )).flat();
    const paint = Paint.forStream(process.stdout, process.env["NO_COLOR"]);
    yield* Console.log(json ? Json.text(reports) : reports.map((report) => text(paint, report)).join("\n\n"));
    const broken = reports.filter((report) => report.failures.length > 0);
    if (broken.length > 0) {
      const names = broken.map((report) => report.strategy).join(", ");
      return yield* new CheckFailed({
        message: `${names} ${broken.length === 1 ? "breaks its" : "break their"} promises`,
      });
    }
  }),
).pipe(
  Command.withDescription(
    "Runs the property kit on the strategies of a file: no lookahead, no clock, no dice, a state that survives, limits that hold",
  ),
  Command.withExamples([
    { command: "strom check ./my-strategy.ts", description: "Every promise, on generated bars" },
    {
      command: "strom check ./my-strategy.ts --data spy-1d.csv --runs 5000",
      description: "On recorded bars as well, and for longer",
    },
  ]),
);
