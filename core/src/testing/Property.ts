import type * as fc from "fast-check";
import { shown } from "./Plain.ts";

/** A property of a rule or a fill model that does not hold, with the smallest case found. */
export class PropertyBroken extends Error {
  override readonly name = "PropertyBroken";
  readonly counterexample: unknown;
  readonly seed: number;

  constructor(message: string, counterexample: unknown, seed: number) {
    super(message);
    this.counterexample = counterexample;
    this.seed = seed;
  }
}

const printable = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? `${part}n` : part));

/** Throws `PropertyBroken` when a check failed; `what` is what was checked. */
export const failOf = <A>(what: string, outcome: fc.RunDetails<[A]>): void => {
  if (!outcome.failed) return;
  const cause: unknown = outcome.errorInstance;
  const [counterexample] = outcome.counterexample ?? [];
  const sentence = cause instanceof Error ? cause.message : shown(cause);
  throw new PropertyBroken(
    `${what}: ${sentence}\n  with ${printable(counterexample)}\n  again: { seed: ${outcome.seed} }`,
    counterexample,
    outcome.seed,
  );
};
