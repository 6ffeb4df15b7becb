import type { Bar } from "../Bar.ts";
import type { Decision, Any as Strategy } from "../Strategy.ts";
import type { Property } from "./Broken.ts";
import { Broken } from "./Broken.ts";
import { copy, deepFreeze, difference, notPlain, shown } from "./Plain.ts";
import type { Traps } from "./Traps.ts";

/** A strategy under test, with the parameters of one run. */
export interface Subject {
  readonly strategy: Strategy;
  readonly params: unknown;
  readonly traps: Traps;
  /** Told of every decision, so that a report can say whether anything was tried at all. */
  readonly onDecision: () => void;
}

/** What a strategy said, bar by bar, and the state it ended in. */
export interface Trace {
  readonly decisions: ReadonlyArray<Decision | null>;
  readonly state: unknown;
}

const MUTATION = /read.?only|not extensible|Cannot (assign|add|delete|define|redefine)/i;

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/** Why a call on frozen inputs threw: because it writes to them, or for a reason of its own. */
const blame = (
  cause: unknown,
  what: string,
  call: (inputs: ReadonlyArray<unknown>) => unknown,
  inputs: ReadonlyArray<unknown>,
): Broken => {
  const names = what === "step" ? ["params", "state", "bar"] : ["params"];
  const loose = inputs.map(copy);
  try {
    call(loose);
  } catch (again) {
    if (!MUTATION.test(messageOf(cause)) || !(cause instanceof TypeError)) {
      return new Broken(
        "totality",
        `${what} threw ${shown(messageOf(again), 200)}; it must have an answer for every valid bar`,
      );
    }
  }
  const changes = names.flatMap((name, i) => {
    const change = difference(inputs[i], loose[i]);
    return change === undefined ? [] : [`${name} (${change})`];
  });
  const [change = `something it was given (${messageOf(cause)})`] = changes;
  return new Broken(
    "purity",
    `${what} changes ${change}; leave inputs as they are and return a new value, such as { ...state, … }`,
  );
};

/** Calls into the strategy with frozen inputs, watched. */
const call = (subject: Subject, what: "init" | "step", inputs: ReadonlyArray<unknown>): unknown => {
  const method: unknown = Reflect.get(subject.strategy, what);
  if (typeof method !== "function") throw new Broken("totality", `${what} is not a function`);
  const run = (args: ReadonlyArray<unknown>): unknown => Reflect.apply(method, subject.strategy, [...args]);
  try {
    return subject.traps.watch(() => run(inputs));
  } catch (cause) {
    throw blame(cause, what, run, inputs);
  }
};

const noteImpurity = (subject: Subject): void => {
  const first = subject.traps.take();
  if (first === undefined) return;
  if (first.startsWith("local time")) {
    throw new Broken(
      "purity",
      `it asks for ${first}, which another machine tells otherwise. Use the UTC functions, such as getUTCHours(), and texts that name their zone`,
    );
  }
  if (first.startsWith("the machine's language")) {
    throw new Broken(
      "purity",
      `it asks for ${first}, and another machine has another, or other tables of it. Compare texts with <, write numbers with toFixed(), and take times from the UTC functions of a date`,
    );
  }
  throw new Broken(
    "purity",
    `it calls ${first}; a backtest cannot repeat that. ${
      /random|crypto/i.test(first)
        ? "Draw from a seed in the parameters (Rng), or do without chance"
        : "Time is bar.to, everything else is in the state"
    }`,
  );
};

const isDecision = (decision: unknown): decision is Decision => decisionProblem(decision) === undefined;

const decisionProblem = (decision: unknown): string | undefined => {
  if (typeof decision !== "object" || decision === null)
    return `${shown(decision)}, where a decision or null is needed`;
  const { side, confidence, features, rule } = Object.fromEntries(Object.entries(decision));
  if (side !== "BUY" && side !== "SELL") return `side ${shown(side)}; it is "BUY" or "SELL"`;
  if (typeof confidence !== "number" || !(confidence >= 0 && confidence <= 1)) {
    return `confidence ${shown(confidence)}; it is a number from 0 to 1 (Strategy.decision brings any strength there)`;
  }
  if (Math.round(confidence * 1e4) / 1e4 !== confidence) {
    return `confidence ${confidence}; it has at most 4 decimals (Strategy.decision rounds)`;
  }
  if (typeof rule !== "string" || rule === "") return `rule ${shown(rule)}; it names the rule that fired`;
  if (typeof features !== "object" || features === null || Array.isArray(features)) {
    return `features ${shown(features)}; they are an object of numbers`;
  }
  for (const [name, value] of Object.entries(features)) {
    if (typeof value !== "number" || !Number.isFinite(value)) {
      return `feature ${name} ${shown(value)}; every feature is a finite number (is there a division by a range, a deviation or a volume of zero?)`;
    }
  }
  return undefined;
};

/** The state before the first bar, frozen. */
export const begin = (subject: Subject): unknown => {
  const state = call(subject, "init", [deepFreeze(subject.params)]);
  noteImpurity(subject);
  return checkedState(state, "init");
};

const checkedState = (state: unknown, what: string): unknown => {
  const found = notPlain(state);
  if (found !== undefined) {
    const isNaN = /: (NaN|-?Infinity)$/.test(found);
    const property: Property = isNaN ? "totality" : "state round-trip";
    const advice = isNaN
      ? "guard the division, and the first bars"
      : "keep strings, finite numbers, booleans, null, arrays and plain objects, and null for what is not known yet";
    throw new Broken(property, `${what} gives a state that JSON cannot carry (${found}); ${advice}`);
  }
  return deepFreeze(state);
};

/** One bar. `index` is only for sentences. */
export const advance = (
  subject: Subject,
  state: unknown,
  bar: Bar,
  index: number,
): readonly [unknown, Decision | null] => {
  const result = call(subject, "step", [deepFreeze(subject.params), state, deepFreeze({ ...bar })]);
  noteImpurity(subject);
  if (!Array.isArray(result) || result.length !== 2) {
    const what = result instanceof Promise ? "a promise; a strategy does not wait" : shown(result);
    throw new Broken(
      "totality",
      `at bar ${index} step returned ${what}; it returns [state, decision or null]`,
    );
  }
  const [next, decision]: ReadonlyArray<unknown> = result;
  checkedState(next, `at bar ${index} step`);
  if (decision === null) return [next, null];
  if (!isDecision(decision)) {
    throw new Broken("totality", `at bar ${index} it answered with ${decisionProblem(decision)}`);
  }
  subject.onDecision();
  return [next, decision];
};

/** The strategy over a series, from a state or from the beginning. */
export const trace = (subject: Subject, bars: ReadonlyArray<Bar>, from: unknown = begin(subject)): Trace => {
  let state = from;
  const decisions = bars.map((bar, index) => {
    const [next, decision] = advance(subject, state, bar, index);
    state = next;
    return decision;
  });
  return { decisions, state };
};

/** Bars the strategy asks for before it may speak. */
export const warmup = (subject: Subject): number => {
  const bars: unknown = subject.traps.watch(() => subject.strategy.warmup(subject.params));
  if (typeof bars === "number" && Number.isInteger(bars) && bars >= 0) return bars;
  throw new Broken("warm-up", `warmup gives ${shown(bars)}; it gives a whole number of bars, 0 or more`);
};

/** A decision in a few words. */
export const said = (decision: Decision | null | undefined): string =>
  decision === null || decision === undefined
    ? "nothing"
    : `${decision.side} by ${decision.rule} with confidence ${decision.confidence}`;

/** The first bar on which two traces differ, with what differs; undefined when they agree on the first `length`. */
export const firstDifference = (
  one: ReadonlyArray<Decision | null>,
  other: ReadonlyArray<Decision | null>,
  length = Math.min(one.length, other.length),
): { readonly index: number; readonly what: string } | undefined => {
  for (let index = 0; index < length; index++) {
    const what = difference(one[index] ?? null, other[index] ?? null);
    if (what === undefined) continue;
    const isWhole = what.startsWith("it:");
    return { index, what: isWhole ? `${said(one[index])} became ${said(other[index])}` : what };
  }
  return undefined;
};
