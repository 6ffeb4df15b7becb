import type { Strategy } from "@strom/core";
import { ParameterSpace, Sweep } from "@strom/core";
import { Effect, Option, Result } from "effect";
import { Flag } from "effect/cli";
import * as Given from "../Given.ts";
import * as Json from "../Json.ts";
import { InputRefused, refuse } from "../Refusal.ts";
import * as Flags from "./Flags.ts";

/** What a sweep and a walk are asked to try, and how it is read. */

export const flags = {
  strategy: Flag.String("strategy").pipe(
    Flag.withAlias("s"),
    Flag.withDescription("A key of the catalog, or a file"),
  ),
  param: Flag.String("param").pipe(
    Flag.withAlias("p"),
    Flag.withDescription(
      "Values of a parameter: ema_fast=5,10,20 or ema_fast=5..20 or ema_fast=5..20:5; again for each",
    ),
    Flag.atLeast(1),
  ),
  params: Json.flag("params", "The parameters that stay as they are, as JSON"),
  random: Given.whole(
    "random",
    { from: 1, to: 100_000 },
    "Tries so many drawn sets instead of every combination",
  ).pipe(Flag.optional),
  metric: Flag.Literals("metric", Sweep.metricNames).pipe(
    Flag.withDescription("What the best has most of; default sharpe"),
    Flag.withDefault("sharpe"),
  ),
  threads: Given.whole(
    "threads",
    { from: 1, to: 256 },
    "Threads to divide the work among; without it, as many as the work is worth",
  ).pipe(Flag.optional),
} as const;

export interface Asked {
  readonly param: ReadonlyArray<string>;
  readonly params: Option.Option<unknown>;
  readonly random: Option.Option<number>;
}

const NUMBER = String.raw`[+-]?\d+(?:\.\d+)?`;
const range = new RegExp(`^(${NUMBER})\\.\\.(${NUMBER})(?::(${NUMBER}))?$`);

/** A word as JSON where it is some, else as itself. */
const value = (word: string): unknown =>
  Result.getOrElse(
    Result.try((): unknown => JSON.parse(word)),
    () => word,
  );

/** `ema_fast=5..20:5`. */
export const axis = (text: string): Result.Result<readonly [string, ParameterSpace.Axis], string> => {
  const at = text.indexOf("=");
  const name = text.slice(0, at).trim();
  const values = text.slice(at + 1).trim();
  if (at < 1 || values === "")
    return Result.fail(`--param ${text}: a name and values are needed, such as ema_fast=5,10,20`);
  const [, from, to, step] = range.exec(values) ?? [];
  if (from === undefined) return Result.succeed([name, values.split(",").map((word) => value(word.trim()))]);
  return Result.succeed([
    name,
    { from: Number(from), to: Number(to), ...(step === undefined ? {} : { step: Number(step) }) },
  ]);
};

/** Every set to try. */
export const space = Effect.fnUntraced(function* (
  strategy: Strategy.Any,
  asked: Asked,
  seed: bigint,
): Effect.fn.Return<ParameterSpace.Space, InputRefused> {
  const fixed = Option.isSome(asked.params) ? yield* Flags.object("params", asked.params.value) : {};
  const axes: Record<string, ParameterSpace.Axis> = {};
  for (const text of asked.param) {
    const [name, values] = yield* Effect.fromResult(axis(text)).pipe(
      Effect.mapError((message) => new InputRefused({ message })),
    );
    if (name in axes)
      return yield* new InputRefused({ message: `--param ${name}: name each parameter once` });
    if (name in fixed)
      return yield* new InputRefused({
        message: `--param ${text}: --params sets ${name} to ${JSON.stringify(fixed[name])}; name it in one of the two`,
      });
    axes[name] = values;
  }
  const found = Option.isSome(asked.random)
    ? ParameterSpace.random(strategy, axes, asked.random.value, seed, fixed)
    : ParameterSpace.grid(strategy, axes, fixed);
  return yield* Effect.fromResult(found).pipe(Effect.mapError(refuse));
});
