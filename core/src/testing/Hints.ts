import { Result } from "effect";
import * as fc from "fast-check";
import * as Bars from "./Bars.ts";
import { Broken } from "./Broken.ts";
import { fieldsOf, paramsOf } from "./Params.ts";
import type { Subject } from "./Subject.ts";
import { firstDifference, trace } from "./Subject.ts";

/** What breaks no promise and is most likely not meant. */

/** Tries after which a parameter that made no difference is told of. */
const TRIES = 40;
const BARS = 150;

const record = (value: unknown): { readonly [name: string]: unknown } =>
  typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};

/** Parameters that can be set and change no decision. */
const idle = (subject: Subject, seed: number): ReadonlyArray<string> => {
  const { strategy, params } = subject;
  const drawn = fc.sample(
    fc.tuple(paramsOf(strategy, params), Bars.bars({ mood: "calm", minLength: BARS, maxLength: BARS })),
    { seed, numRuns: TRIES },
  );
  return Object.entries(fieldsOf(strategy))
    .filter(([name, field]) => {
      const values = fc.sample(field, { seed, numRuns: TRIES });
      return !drawn.some(([one, bars], i) => {
        const other = strategy.decodeParams({ ...record(one), [name]: values[i] });
        if (Result.isFailure(other) || record(other.success)[name] === record(one)[name]) return false;
        const before = trace({ ...subject, params: one }, bars);
        const after = trace({ ...subject, params: other.success }, bars);
        return firstDifference(before.decisions, after.decisions) !== undefined;
      });
    })
    .map(([name]) => `its parameter ${name} never changed a decision; is it used?`);
};

/** Bars after which a state that still grows is one that always will. */
const LONG = 600;
const GROWTH = 1.4;
/** Characters of JSON that are not worth a word. */
const SLIGHT = 500;

const size = (state: unknown): number => JSON.stringify(state).length;

/** A state that is longer the longer it lives: a live agent writes it after every bar. */
const growth = (subject: Subject, seed: number): ReadonlyArray<string> => {
  const half = LONG + 2 * subject.strategy.warmup(subject.params);
  const [bars = []] = fc.sample(Bars.bars({ mood: "calm", minLength: 2 * half, maxLength: 2 * half }), {
    seed,
    numRuns: 1,
  });
  const middle = trace(subject, bars.slice(0, half));
  const [before, after] = [size(middle.state), size(trace(subject, bars.slice(half), middle.state).state)];
  return after < before * GROWTH || after - before < SLIGHT
    ? []
    : [
        `its state grows: ${before} characters of JSON after ${half} bars, ${after} after ${2 * half}. A live agent writes it after every bar; keep only what the next ones need`,
      ];
};

/** All of them, for a strategy that was found to be sound; what it breaks on these bars after all is one, too. */
export const of = (subject: Subject, seed: number): ReadonlyArray<string> => {
  try {
    return [...idle(subject, seed), ...growth(subject, seed)];
  } catch (cause) {
    if (!(cause instanceof Broken)) throw cause;
    return [`on longer series it breaks ${cause.property}: ${cause.sentence}; check with more runs`];
  }
};
