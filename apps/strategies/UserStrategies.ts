import * as StrategyFile from "@strom/adapters/files/StrategyFile.ts";
import type { Strategy } from "@strom/core";
import { Catalog } from "@strom/core";
import { explain } from "@strom/core/testing";
import { Effect, Result, Schema } from "effect";
import * as Check from "./Check.ts";

/** Strategies of the user's that cannot be put beside the built-in ones. One line, or block of lines, for each. */
export class UserStrategiesRefused extends Schema.TaggedError<UserStrategiesRefused>()(
  "UserStrategiesRefused",
  {
    folder: Schema.String,
    problems: Schema.Array(Schema.String),
  },
) {
  override get message() {
    return `STROM_STRATEGIES names ${this.folder}, which holds what cannot be used:\n${this.problems.join("\n")}`;
  }
}

/** Enough to catch what is wrong on almost any series; `strom check` looks longer. */
const QUICK = { runs: 30, budgetMs: 2000 };

interface Found {
  readonly file: string;
  readonly strategy: Strategy.Any;
}

/** The strategies of one file, checked, or what is wrong with it. */
const checked = (file: string) =>
  Effect.gen(function* () {
    const reports = yield* Check.file(file, QUICK);
    const broken = reports.filter((report) => report.failures.length > 0);
    if (broken.length > 0)
      return yield* Effect.fail(broken.map((report) => `${file}: ${explain(report)}`).join("\n"));
    const strategies = yield* StrategyFile.load(file);
    return strategies.map((strategy): Found => ({ file, strategy }));
  }).pipe(Effect.mapError((problem) => (typeof problem === "string" ? problem : problem.message)));

/** A key that a built-in strategy or another file has already. */
const clashes = (found: ReadonlyArray<Found>): ReadonlyArray<string> => {
  const owners = new Map<string, string>(
    Catalog.builtIn.map((strategy) => [strategy.key, "a built-in strategy"]),
  );
  return found.flatMap(({ file, strategy }) => {
    const owner = owners.get(strategy.key);
    owners.set(strategy.key, owner ?? file);
    return owner === undefined
      ? []
      : [`${file}: its key "${strategy.key}" is that of ${owner}; choose another`];
  });
};

/** The built-in strategies and, when a folder is named, those of its files, each checked with a quick budget. */
export const catalog = Effect.fnUntraced(function* (
  folder: string | null,
): Effect.fn.Return<Catalog.Catalog, UserStrategiesRefused | StrategyFile.StrategyFileInvalid> {
  if (folder === null) return Catalog.make(Catalog.builtIn);
  const files = yield* StrategyFile.list(folder).pipe(
    Effect.mapError(
      ({ reason }) =>
        new StrategyFile.StrategyFileInvalid({
          file: `STROM_STRATEGIES is ${JSON.stringify(folder)}`,
          line: 0,
          reason: `${reason}; it should be a folder of strategy files`,
        }),
    ),
  );
  const results = yield* Effect.forEach(files, (file) => Effect.result(checked(file)), { concurrency: 2 });
  const found = results.flatMap((result) => (Result.isSuccess(result) ? result.success : []));
  const problems = [
    ...results.flatMap((result) => (Result.isFailure(result) ? [result.failure] : [])),
    ...clashes(found),
  ];
  if (problems.length > 0) return yield* new UserStrategiesRefused({ folder, problems });
  return Catalog.make([...Catalog.builtIn, ...found.map(({ strategy }) => strategy)]);
});
