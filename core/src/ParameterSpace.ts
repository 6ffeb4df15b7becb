import { Data, Result } from "effect";
import * as Given from "./backtest/Given.ts";
import * as Catalog from "./Catalog.ts";
import * as Digest from "./Digest.ts";
import { shown } from "./Problem.ts";
import * as Rng from "./Rng.ts";
import type { Any as Strategy } from "./Strategy.ts";

/** Sets of parameters to try: every combination of some values, or some drawn from a range. */

/** The values of one parameter: listed, or from one number to another, both included, by a step. */
export type Axis =
  | ReadonlyArray<unknown>
  | { readonly from: number; readonly to: number; readonly step?: number | undefined };

export type Axes = { readonly [parameter: string]: Axis };

/** A space that cannot be searched: which axis, and what would be right. */
export class SpaceInvalid extends Data.TaggedError("SpaceInvalid")<{
  readonly axis: string;
  readonly reason: string;
}> {
  override get message(): string {
    return this.axis === "" ? this.reason : `${this.axis}: ${this.reason}`;
  }
}

export interface Space {
  /** Decoded parameters, all different, in the order of the grid or of the draws. */
  readonly candidates: ReadonlyArray<unknown>;
  /** Combinations the strategy refuses, such as a fast average that is slower than the slow one. */
  readonly refused: number;
}

/** So many sets at most: at a hundredth of a second each that is a quarter of an hour. */
export const CANDIDATES_MAX = 100_000;

const invalid = (axis: string, reason: string) => Result.fail(new SpaceInvalid({ axis, reason }));

/** Decimals of a step, so that 0.1 + 0.2 is 0.3 on a grid. */
const onGrid = (value: number): number => Math.round(value * 1e9) / 1e9;

const isList = (axis: Axis): axis is ReadonlyArray<unknown> => Array.isArray(axis);

const valuesOf = (name: string, axis: Axis): Result.Result<ReadonlyArray<unknown>, SpaceInvalid> => {
  if (isList(axis))
    return axis.length === 0 ? invalid(name, "no value to try; name one") : Result.succeed(axis);
  if (!Given.isObject(axis))
    return invalid(name, `${shown(axis)} is refused: a list of values is needed, or { from, to, step }`);
  const { from, to, step = 1 } = axis;
  if (!(Number.isFinite(from) && Number.isFinite(to) && from <= to)) {
    return invalid(name, `from ${from} to ${to}: two numbers are needed, the smaller first`);
  }
  if (!(Number.isFinite(step) && step > 0)) return invalid(name, `a step of ${step}: it must be above 0`);
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  if (count > CANDIDATES_MAX)
    return invalid(name, `${count} values; at most ${CANDIDATES_MAX} sets can be tried`);
  return Result.succeed(Array.from({ length: count }, (_, i) => onGrid(from + i * step)));
};

const builtIn = Catalog.make(Catalog.builtIn);

/** A strategy, or the built-in one of a key. */
const resolved = (named: string | Strategy): Result.Result<Strategy, SpaceInvalid> => {
  const strategy = typeof named === "string" ? Catalog.find(builtIn, named) : named;
  if (Given.isStrategy(strategy)) return Result.succeed(strategy);
  if (strategy !== undefined)
    return invalid(
      "strategy",
      `${shown(strategy)} is refused: a built-in strategy's key, or a strategy that Strategy.make made, is needed`,
    );
  const keys = Catalog.builtIn.map(({ key }) => key).join(", ");
  return invalid("strategy", `${String(named)}: no such strategy, there is ${keys}`);
};

/** The names must be parameters of the strategy. */
const unknownAxis = (strategy: Strategy, axes: Axes): SpaceInvalid | undefined => {
  if (!Given.isObject(axes)) {
    const reason = `${shown(axes)} is refused: the values of each parameter are needed, such as { ema_fast: [5, 9] }`;
    return new SpaceInvalid({ axis: "axes", reason });
  }
  const known = Object.keys(strategy.paramsSchema["properties"] ?? {});
  const odd = Object.keys(axes).find((name) => !known.includes(name));
  return odd === undefined
    ? undefined
    : new SpaceInvalid({
        axis: odd,
        reason: `no parameter of ${strategy.key}; there ${known.length === 0 ? "is none" : `are ${known.join(", ")}`}`,
      });
};

/** Decodes raw sets, drops what is refused or there already, and wants at least one left. */
const collect = (strategy: Strategy, sets: Iterable<unknown>): Result.Result<Space, SpaceInvalid> => {
  const seen = new Set<string>();
  const candidates: Array<unknown> = [];
  let refused = 0;
  let reason = "";
  for (const set of sets) {
    const decoded = strategy.decodeParams(set);
    if (Result.isFailure(decoded)) {
      refused += 1;
      reason = decoded.failure.message;
      continue;
    }
    const key = Digest.canonical(decoded.success);
    if (seen.has(key)) continue;
    seen.add(key);
    candidates.push(decoded.success);
  }
  return candidates.length === 0
    ? invalid("", `an empty sweep: ${strategy.key} refuses all ${refused} sets (${reason})`)
    : Result.succeed({ candidates, refused });
};

/** Every combination of a strategy's, or of the built-in one of a key, the last axis fastest. Parameters that are not named keep their defaults, or `fixed`. */
export const grid = (
  of: string | Strategy,
  axes: Axes,
  fixed: { readonly [parameter: string]: unknown } = {},
): Result.Result<Space, SpaceInvalid> =>
  Result.gen(function* () {
    const strategy = yield* resolved(of);
    const odd = unknownAxis(strategy, axes);
    if (odd !== undefined) return yield* Result.fail(odd);
    const named: Array<readonly [string, ReadonlyArray<unknown>]> = [];
    for (const [name, axis] of Object.entries(axes)) named.push([name, yield* valuesOf(name, axis)]);
    const size = named.reduce((product, [, values]) => product * values.length, 1);
    if (size > CANDIDATES_MAX) {
      const factors = named.map(([, values]) => values.length).join(" × ");
      return yield* invalid(
        "",
        `${factors} = ${size} sets; at most ${CANDIDATES_MAX} can be tried: take larger steps`,
      );
    }
    return yield* collect(strategy, combinations(named, size, fixed));
  });

function* combinations(
  axes: ReadonlyArray<readonly [string, ReadonlyArray<unknown>]>,
  size: number,
  fixed: { readonly [parameter: string]: unknown },
): Generator<unknown> {
  for (let index = 0; index < size; index++) {
    const set: { [parameter: string]: unknown } = { ...fixed };
    let rest = index;
    for (const [name, values] of axes.toReversed()) {
      set[name] = values[rest % values.length];
      rest = Math.floor(rest / values.length);
    }
    yield set;
  }
}

/** `count` draws from the axes, a value of each as likely as any other; repeated sets count once. */
export const random = (
  of: string | Strategy,
  axes: Axes,
  count: number,
  seed: Rng.Seed = 42,
  fixed: { readonly [parameter: string]: unknown } = {},
): Result.Result<Space, SpaceInvalid> =>
  Result.gen(function* () {
    const strategy = yield* resolved(of);
    const odd = unknownAxis(strategy, axes);
    if (odd !== undefined) return yield* Result.fail(odd);
    if (!Number.isInteger(count) || count < 1 || count > CANDIDATES_MAX) {
      return yield* invalid("", `${count} draws; a whole number from 1 to ${CANDIDATES_MAX} is needed`);
    }
    const named: Array<readonly [string, ReadonlyArray<unknown>]> = [];
    for (const [name, axis] of Object.entries(axes)) named.push([name, yield* valuesOf(name, axis)]);
    const sets = Array.from({ length: count }, (_, i) => {
      const set: { [parameter: string]: unknown } = { ...fixed };
      for (const [name, values] of named) {
        set[name] = values[Math.floor(Rng.uniformFrom(seed, "sweep", i, name) * values.length)];
      }
      return set;
    });
    return yield* collect(strategy, sets);
  });
