import type { JsonSchema, Result } from "effect";
import { Schema } from "effect";
import type { Bar } from "./Bar.ts";
import * as Columns from "./Columns.ts";
import * as Id from "./Id.ts";
import * as Params from "./Params.ts";
import { shown } from "./Problem.ts";

/**
 * What a strategy says about one bar. `features` are the numbers it looked at, each finite; `rule` names the
 * rule that fired; `confidence` is 0..1 with at most 4 decimals.
 */
export interface Decision {
  readonly side: "BUY" | "SELL";
  readonly confidence: number;
  readonly features: { readonly [name: string]: number };
  readonly rule: string;
}

/** Where a scan stopped: at the bar `index` that gave the decision, or at `to` with none. */
export interface Scan<S> {
  readonly index: number;
  readonly state: S;
  readonly decision: Decision | null;
}

/** What an author writes. */
export interface Definition<P, S> {
  /** snake_case, unique in a catalog; the id is derived from it, so it never changes. */
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly params: Params.Source<P>;
  /** Bars it must have seen before it may speak: silent on the first `warmup(p)` bars. */
  warmup(params: P): number;
  /** The state before the first bar: plain JSON, one for each symbol. */
  init(params: P): S;
  /** One bar: the next state, and a decision or null. Pure; the state given is left as it was. */
  step(params: P, state: S, bar: Bar): readonly [S, Decision | null];
  /** A faster fold of `step` over columns, bit-identical to it. Left out, the fold itself is used. */
  scan?(params: P, state: S, columns: Columns.Columns, from: number, to: number): Scan<S>;
  /** Declares that multiplying all prices by a power of two changes no decision but its price features. */
  readonly scaleFree?: boolean;
  /**
   * How far, relative, a longer history may move the features of a decision once warm: 0 for a window that
   * forgets, above for an average that remembers.
   */
  readonly tolerance?: number;
}

/**
 * A strategy: one bar at a time and its own state, nothing else. It is not stepped on a stale bar, which holds
 * no new information.
 *
 * Declared with methods, so that every strategy is also an `Any`: the engine hands back only parameters and
 * states the same strategy made.
 */
export interface Strategy<P, S> extends Definition<P, S> {
  readonly id: Id.StrategyId;
  /** JSON Schema 2020-12 of the parameters as a user writes them. */
  readonly paramsSchema: JsonSchema.JsonSchema;
  readonly scaleFree: boolean;
  readonly tolerance: number;
  /** Defaults filled, unknown properties refused, all problems reported with their paths. */
  decodeParams(input: unknown): Result.Result<P, Params.ParamsInvalid>;
  scan(params: P, state: S, columns: Columns.Columns, from: number, to: number): Scan<S>;
}

/** A strategy whose parameters and state are its own business. */
export type Any = Strategy<unknown, unknown>;

export { ParamsInvalid } from "./Params.ts";

const KEY = /^[a-z][a-z0-9_]{0,63}$/;

/** The `effect` this package depends on, exactly: a schema of another copy is none to it. */
const EFFECT = "effect@4.1.0";

/** Why parameters are no schema. Those of any version of effect have their syntax tree as `ast`. */
const schemaProblem = (params: unknown): string => {
  if (params === undefined || params === null)
    return "params is needed, a Schema.Struct; Schema.Struct({}) for none";
  const isOfAnother =
    (typeof params === "object" || typeof params === "function") && Reflect.get(params, "ast") !== undefined;
  return isOfAnother
    ? `params is a Schema of another version of effect: this package uses ${EFFECT}, and so must the schema (npm install ${EFFECT})`
    : `params is refused: a Schema.Struct of ${EFFECT} is needed; Schema.Struct({}) for none`;
};

/** What TypeScript would have told. */
const checkParts = (definition: { readonly key: string; readonly params: unknown }): void => {
  const { key, params } = definition;
  if (!Schema.isSchema(params)) {
    throw new TypeError(`strategy ${key}: ${schemaProblem(params)}`);
  }
  for (const part of ["warmup", "init", "step"]) {
    if (typeof Reflect.get(definition, part) !== "function")
      throw new TypeError(`strategy ${key}: ${part} is needed, a function`);
  }
};

/** The step that each `scan` made here folds. */
const folded = new WeakMap<object, object>();

/** Whether a strategy's `scan` was made for another `step`: those of a made one that was spread and given its own. */
export const isScanForeign = ({ step, scan }: Pick<Any, "step" | "scan">): boolean =>
  (folded.get(scan) ?? step) !== step;

/** A strategy from its definition. A `scan` that was made for another `step` is left out. Throws `RangeError` on a key that is not snake_case, `TypeError` for a missing part. */
export const make = <P, S>(definition: Definition<P, S>): Strategy<P, S> => {
  if (!KEY.test(definition.key)) {
    throw new RangeError(
      `strategy key ${JSON.stringify(definition.key)}: snake_case of 1 to 64 characters is needed`,
    );
  }
  checkParts(definition);
  const { step, scan: given } = definition;
  const scan = given === undefined || (folded.get(given) ?? step) !== step ? undefined : given;
  const made: Strategy<P, S> = {
    ...definition,
    id: Id.strategy(definition.key),
    paramsSchema: Params.describe(definition.params),
    decodeParams: Params.decoder(definition.params),
    scaleFree: definition.scaleFree ?? false,
    tolerance: definition.tolerance ?? 0,
    scan:
      scan === undefined
        ? (params, state, columns, from, to) => fold(definition, params, state, columns, from, to)
        : (params, state, columns, from, to) => scan(params, state, columns, from, to),
  };
  folded.set(made.scan, step);
  return made;
};

/**
 * Advances from bar `from` to the first bar that gives a decision, or to `to` (exclusive). The meaning of
 * `scan`: a fold of `step`.
 */
export const fold = <P, S>(
  strategy: Pick<Definition<P, S>, "key" | "step">,
  params: P,
  state: S,
  columns: Columns.Columns,
  from: number,
  to: number,
): Scan<S> => {
  let current = state;
  for (let index = from; index < to; index++) {
    const answer = strategy.step(params, current, Columns.bar(columns, index));
    if (!isAnswer(answer)) throw new TypeError(noAnswer(strategy.key, columns, index, answer));
    const [next, decision] = answer;
    current = next;
    if (decision !== null) return { index, state: current, decision };
  }
  return { index: to, state: current, decision: null };
};

/** Asked of what is one by its type: plain JavaScript may have forgotten to return it. */
const isAnswer = (answer: unknown): boolean => Array.isArray(answer) && answer[1] !== undefined;

const noAnswer = (key: string, { symbol, from }: Columns.Columns, index: number, answer: unknown): string =>
  `strategy ${key}: step returned ${shown(answer)} for the bar of ${symbol} at ${new Date(from[index] ?? 0).toISOString()}; it returns [state, decision or null]`;

/**
 * A decision, its features rounded to 6 decimals. `beyond` in 0..1 is how far past its line the strategy finds
 * itself: the confidence is 0.5 on the line and 1 as far past it as can be.
 */
export const decision = (
  side: Decision["side"],
  rule: string,
  beyond: number,
  features: { readonly [name: string]: number },
): Decision => {
  const rounded: { [name: string]: number } = { ...features };
  for (const name in rounded) rounded[name] = round(rounded[name] ?? 0, 1e6);
  return { side, confidence: round(0.5 + 0.5 * clamp(beyond), 1e4), features: rounded, rule };
};

/** The share of `part` in `part + rest`, both at least 0; 0 when both are nothing. */
export const share = (part: number, rest: number): number => (part > 0 ? part / (part + rest) : 0);

const clamp = (x: number): number => (x > 0 ? Math.min(x, 1) : 0);

// Adding zero turns -0 into 0, which JSON would do anyway.
const round = (x: number, scale: number): number => {
  if (Math.abs(x) >= 2 ** 33) return Math.round(x);
  const near = Math.round(x * scale);
  // The product is itself rounded: a number that already has so few decimals must stay what it is.
  const isExact = near / scale === x || (near - 1) / scale === x || (near + 1) / scale === x;
  return (isExact ? x : near / scale) + 0;
};
