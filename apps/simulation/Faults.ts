import * as Dice from "./Dice.ts";
import type { Trace } from "./Trace.ts";

/**
 * What can go wrong, and how often it does where it could. A seed chooses which of these its world knows at all, so
 * that rare meetings of few kinds of trouble are not drowned in the noise of all of them.
 */
const rates = {
  // The bus.
  "bus.drops": 0.04,
  "bus.repeats": 0.05,
  "bus.reorders": 0.1,
  "bus.delays": 0.03,
  "bus.refuses": 0.01,
  "bus.loses its answer": 0.01,
  "bus.loses an acknowledgement": 0.03,
  "bus.forgets everything": 0.1,
  // The store.
  "store.aborts a statement": 0.003,
  "store.drops a connection": 0.003,
  "store.fails before a commit": 0.01,
  "store.loses the answer to a commit": 0.015,
  "store.is away": 0.05,
  // Processes.
  "crash.before a commit": 0.002,
  "crash.after a commit": 0.003,
  "crash.after a publish": 0.003,
  "crash.anywhere": 0.08,
  "freeze.longer than every timeout": 0.025,
  "owners.two of one partition": 0.1,
  "schedulers.two": 0.1,
  "clock.goes back": 0.1,
  "clock.runs ahead": 0.1,
  // What arrives.
  "poison.cannot be decoded": 0.08,
  "poison.cannot be processed": 0.08,
} as const;

export type Fault = keyof typeof rates;

const isFault = (name: string): name is Fault => name in rates;
export const all: ReadonlyArray<Fault> = Object.keys(rates).filter(isFault);

export interface Plan {
  /** Only these may strike; null is whatever the seed chose. */
  readonly only: ReadonlyArray<Fault> | null;
  /** How many strikes at most. */
  readonly most: number;
}

export const none: Plan = { only: [], most: 0 };
export const seeded: Plan = { only: null, most: Number.POSITIVE_INFINITY };

export interface Faults {
  /** Whether it strikes now. */
  readonly strike: (fault: Fault) => boolean;
  /** From now on nothing goes wrong. */
  readonly stop: () => void;
  readonly counts: () => ReadonlyMap<Fault, number>;
  /** When the last one struck; null when none did. */
  readonly lastAt: () => number | null;
}

export const make = (seed: number, plan: Plan, now: () => number, trace: Trace): Faults => {
  const nature = Dice.make(seed, "nature");
  const dice = Dice.make(seed, "faults");
  const factors = new Map(
    all.map((fault) => [fault, nature.uniform() < 0.3 ? 0 : 0.5 + 1.5 * nature.uniform()]),
  );
  const allowed = plan.only === null ? null : new Set(plan.only);
  const counts = new Map<Fault, number>();
  let isOver = false;
  let struck = 0;
  let lastAt: number | null = null;
  return {
    strike: (fault) => {
      if (isOver || (allowed !== null && !allowed.has(fault))) return false;
      if (dice.uniform() >= rates[fault] * (factors.get(fault) ?? 0) || struck >= plan.most) return false;
      struck += 1;
      lastAt = now();
      counts.set(fault, (counts.get(fault) ?? 0) + 1);
      trace.note(lastAt, `! ${fault}`);
      return true;
    },
    stop: () => {
      isOver = true;
    },
    counts: () => counts,
    lastAt: () => lastAt,
  };
};
