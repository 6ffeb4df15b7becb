import * as Books from "./Books.ts";
import * as Faults from "./Faults.ts";
import type { Outcome } from "./Simulation.ts";
import * as Simulation from "./Simulation.ts";

/** A world to live, and how much trouble there may be in it. */
export interface Case {
  readonly seed: number;
  readonly ticks: number;
  /** Only these faults; left out, whatever the seed chose. */
  readonly only?: ReadonlyArray<Faults.Fault>;
  /** So many strikes at most. */
  readonly most?: number;
}

export interface Verdict {
  /** Nothing when all is as it should be. */
  readonly findings: ReadonlyArray<string>;
  readonly outcome: Outcome;
}

const planOf = ({ only, most }: Case): Faults.Plan => ({
  only: only ?? null,
  most: most ?? Faults.seeded.most,
});

/**
 * Lives a world three times: without faults, with them, and with them again. The books must come out the same with
 * and without, every identity must hold, and the last two must have gone the same way, step by step.
 */
export const judge = (given: Case): Verdict => {
  const { seed, ticks } = given;
  const calm = Simulation.live({ seed, ticks, plan: Faults.none });
  const outcome = Simulation.live({ seed, ticks, plan: planOf(given) });
  const again = Simulation.live({ seed, ticks, plan: planOf(given) });
  const difference = Books.difference(outcome.books, calm.books);
  return {
    outcome,
    findings: [
      ...calm.violations.map((violation) => `without faults: ${violation}`),
      ...outcome.violations,
      ...(difference === null ? [] : [`the books differ, ${difference}`]),
      ...(outcome.trace === again.trace && outcome.digest === again.digest
        ? []
        : [`the same seed went another way: ${outcome.trace} and ${again.trace}`]),
    ],
  };
};

const isWrong = (given: Case): boolean => judge(given).findings.length > 0;

/** Worlds tried at most while shrinking. */
const TRIES = 60;

/** The smallest world found that is still wrong: fewer ticks, fewer kinds of faults, fewer strikes. */
export const shrink = (failing: Case): Case => {
  let tries = TRIES;
  let best = failing;
  const attempt = (smaller: Case): boolean => {
    if (tries === 0) return false;
    tries -= 1;
    if (!isWrong(smaller)) return false;
    best = smaller;
    return true;
  };
  const shorten = (): void => {
    for (let step = Math.floor(best.ticks / 2); step >= 1; ) {
      if (step >= best.ticks || !attempt({ ...best, ticks: best.ticks - step })) step = Math.floor(step / 2);
    }
  };
  shorten();
  const struck = [...judge(best).outcome.faults.keys()];
  let kept = struck;
  for (const fault of struck) {
    const only = kept.filter((one) => one !== fault);
    if (attempt({ ...best, only })) kept = only;
  }
  const count = [...judge(best).outcome.faults.values()].reduce((sum, n) => sum + n, 0);
  for (let most = Math.floor(count / 2); most >= 1; most = Math.floor(most / 2)) {
    if (!attempt({ ...best, most })) break;
  }
  shorten();
  return best;
};

/** A case as it is written into the list of those that were wrong once. */
export const text = ({ seed, ticks, only, most }: Case): string => {
  const parts = [
    `seed: ${seed}`,
    `ticks: ${ticks}`,
    ...(only === undefined ? [] : [`only: ${JSON.stringify(only)}`]),
    ...(most === undefined ? [] : [`most: ${most}`]),
  ];
  return `{ ${parts.join(", ")} }`;
};
