import { Result } from "effect";
import * as fc from "fast-check";
import type { Bar } from "../Bar.ts";
import type { Any as Strategy } from "../Strategy.ts";
import type { Property } from "./Broken.ts";
import { Broken, properties } from "./Broken.ts";
import * as Hints from "./Hints.ts";
import type { Input } from "./Input.ts";
import { inputs, withAgents } from "./Input.ts";
import { paramsOf } from "./Params.ts";
import { shown } from "./Plain.ts";
import * as Limits from "./properties/Limits.ts";
import * as PrefixInvariance from "./properties/PrefixInvariance.ts";
import * as Purity from "./properties/Purity.ts";
import * as Scale from "./properties/Scale.ts";
import * as Scan from "./properties/Scan.ts";
import * as StateRoundTrip from "./properties/StateRoundTrip.ts";
import * as Totality from "./properties/Totality.ts";
import * as WarmUp from "./properties/WarmUp.ts";
import type { Failure, Report } from "./Report.ts";
import { StrategyBroken } from "./Report.ts";
import type { Subject } from "./Subject.ts";
import * as Traps from "./Traps.ts";

export interface Options {
  /** Runs of each property. Default 100. */
  readonly runs?: number | undefined;
  /** Where chance begins. The same seed tries the same series. Default 42. */
  readonly seed?: number | undefined;
  /** Parameters to check with, as a user would write them. Default: the defaults, and others within their bounds. */
  readonly params?: unknown;
  /** Bars of the author's own, tried beside the generated ones; put back as they were. */
  readonly bars?: Array<Bar> | undefined;
  /** Longest series. Default: twice the warm-up and 60 more, at most 2,000. */
  readonly barsMax?: number | undefined;
  /** Which promises to check. Default: all. */
  readonly only?: ReadonlyArray<Property> | undefined;
  /** Time for all of it; what is not tried by then is not tried. */
  readonly budgetMs?: number | undefined;
  /** `path` of a failure: replays its counterexample, with its seed and its property in `only`. */
  readonly path?: string | undefined;
}

type Check = (subject: Subject, input: Input) => void;

const checks: Readonly<Record<Property, { readonly mood: "hostile" | "calm"; readonly run: Check }>> = {
  totality: { mood: "hostile", run: Totality.check },
  purity: { mood: "hostile", run: Purity.check },
  "state round-trip": { mood: "hostile", run: StateRoundTrip.check },
  "prefix invariance": { mood: "hostile", run: PrefixInvariance.check },
  "warm-up": { mood: "calm", run: WarmUp.check },
  scale: { mood: "hostile", run: Scale.check },
  scan: { mood: "hostile", run: Scan.check },
  limits: { mood: "calm", run: Limits.check },
};

/** Promises without which nothing can be said about the strategy in an engine. */
const basics: ReadonlySet<Property> = new Set(["totality", "purity", "state round-trip"]);

const DEFAULT_RUNS = 100;
const DEFAULT_SEED = 42;
const BARS_MAX = 2000;
const SHRINKS_MAX = 1000;

/** Checks every promise and tells what it found; never throws for what the strategy does. */
export const inspectStrategy = (strategy: Strategy, options: Options = {}): Report => {
  const seed = options.seed ?? DEFAULT_SEED;
  const given = strategy.decodeParams(options.params ?? {});
  if (Result.isFailure(given)) {
    const what =
      options.params === undefined
        ? "it has no defaults for its parameters; give options.params"
        : "options.params are refused";
    return {
      strategy: strategy.key,
      seed,
      checks: [],
      failures: [
        {
          property: "totality",
          sentence: `${what} (${given.failure.message})`,
          params: options.params ?? {},
          bars: [],
          seed,
          path: "",
          during: "totality",
        },
      ],
      warnings: [],
    };
  }
  const traps = Traps.install();
  try {
    return inspect(strategy, given.success, seed, options, traps);
  } finally {
    traps.restore();
  }
};

const inspect = (
  strategy: Strategy,
  defaults: unknown,
  seed: number,
  options: Options,
  traps: Traps.Traps,
): Report => {
  let decisions = 0;
  const onDecision = (): void => {
    decisions += 1;
  };
  const params = options.params === undefined ? paramsOf(strategy, defaults) : fc.constant(defaults);
  const barsMax = options.barsMax ?? reach(strategy, defaults);
  const wanted = properties.filter((property) => options.only?.includes(property) ?? true);
  const budgetMs = options.budgetMs === undefined ? undefined : options.budgetMs / Math.max(1, wanted.length);
  const failures: Array<Failure> = [];

  const one = (property: Property): Report["checks"][number] => {
    const check = checks[property];
    if (property === "scale" && !strategy.scaleFree) {
      return { property, status: "skipped", runs: 0, reason: "the strategy does not declare scaleFree" };
    }
    const [reason] = failures.filter((failure) => property === "limits" && basics.has(failure.property));
    if (reason !== undefined) {
      // The engine relies on these; what it would stumble over is told already.
      return {
        property,
        status: "skipped",
        runs: 0,
        reason: `cannot be told while ${reason.property} is broken`,
      };
    }
    const run = shrinkingAtMost(SHRINKS_MAX, (input) =>
      check.run({ strategy, params: input.params, traps, onDecision }, input),
    );
    const series = inputs(params, check.mood, barsMax, options.bars);
    const outcome = fc.check(
      fc.property(property === "limits" ? withAgents(strategy, series) : series, run),
      {
        numRuns: options.runs ?? DEFAULT_RUNS,
        seed,
        ...(options.path === undefined ? {} : { path: options.path }),
        ...(budgetMs === undefined
          ? {}
          : { interruptAfterTimeLimit: budgetMs, markInterruptAsFailure: false }),
      },
    );
    if (!outcome.failed) return { property, status: "held", runs: outcome.numRuns };
    const failure = failureOf(property, outcome);
    failures.push(failure);
    return failure.property === property
      ? { property, status: "broken", runs: outcome.numRuns }
      : {
          property,
          status: "skipped",
          runs: 0,
          reason: `cannot be told while ${failure.property} is broken`,
        };
  };

  const results = wanted.map(one);
  const subject = { strategy, params: defaults, traps, onDecision };
  // Not within a budget: hints take the time they take.
  const isWhole =
    options.only === undefined && options.budgetMs === undefined && failures.length === 0 && decisions > 0;
  return {
    strategy: strategy.key,
    seed,
    checks: results,
    failures: distinct(failures),
    warnings: [
      ...(decisions === 0 && failures.length === 0
        ? [
            "it never decided anything, so hardly anything was checked; give options.params or options.bars with which it does",
          ]
        : []),
      ...(isWhole ? Hints.of(subject, seed) : []),
      ...(traps.inexact().length > 0
        ? [
            `it uses ${traps.inexact().join(", ")}, whose last digit differs between engines; results may not be the same everywhere`,
          ]
        : []),
    ],
  };
};

/**
 * A case with hundreds of moving parts can be shrunk for minutes. After the first failure and so many further
 * tries everything passes, which ends the search at the smallest case found by then.
 */
const shrinkingAtMost = (tries: number, run: (input: Input) => void): ((input: Input) => void) => {
  let left = Number.POSITIVE_INFINITY;
  return (input) => {
    if (left <= 0) return;
    left -= 1;
    try {
      run(input);
    } catch (cause) {
      left = Math.min(left, tries);
      throw cause;
    }
  };
};

/** Long enough for the defaults to warm up twice. A broken warmup is found by its property. */
const reach = (strategy: Strategy, defaults: unknown): number => {
  try {
    const warmup = strategy.warmup(defaults);
    return Number.isFinite(warmup) ? Math.max(60, Math.min(BARS_MAX, 2 * warmup + 60)) : 60;
  } catch {
    return 60;
  }
};

const failureOf = (during: Property, outcome: fc.RunDetails<[Input]>): Failure => {
  const cause: unknown = outcome.errorInstance;
  const [input] = outcome.counterexample ?? [];
  const own = {
    property: during,
    sentence: `it threw ${shown(cause instanceof Error ? cause.message : cause, 200)}`,
  };
  const { property, sentence } = cause instanceof Broken ? cause : own;
  return {
    property,
    sentence,
    params: input?.params ?? {},
    bars: input?.bars ?? [],
    ...(input?.spec === undefined ? {} : { agent: input.spec }),
    seed: outcome.seed,
    path: outcome.counterexamplePath ?? "",
    during,
  };
};

/** One failure a promise: a step that throws shows up under every check. */
const distinct = (failures: ReadonlyArray<Failure>): ReadonlyArray<Failure> => {
  const first = new Map<Property, Failure>();
  for (const failure of failures) if (!first.has(failure.property)) first.set(failure.property, failure);
  return properties.flatMap((property) => first.get(property) ?? []);
};

/**
 * Checks every promise of a strategy and throws `StrategyBroken` with a shrunk counterexample, a seed and a
 * sentence for each that is broken. Works in any test runner, or in none.
 */
export const checkStrategy = (strategy: Strategy, options: Options = {}): Report => {
  const report = inspectStrategy(strategy, options);
  if (report.failures.length > 0) throw new StrategyBroken(report);
  return report;
};
