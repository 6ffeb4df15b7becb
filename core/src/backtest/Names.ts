import type { Problem } from "../Problem.ts";
import { shown } from "../Problem.ts";
import type * as WalkForward from "../WalkForward.ts";
import type { Options } from "./Plan.ts";

/** The names of options: every one of their type, and no other. */
type Names<A> = { readonly [K in keyof A]-?: true };

const shared: Names<Omit<Options, "strategies">> = {
  bars: true,
  catalog: true,
  risk: true,
  capital: true,
  fill: true,
  seed: true,
  fillAt: true,
  intervalMs: true,
  from: true,
  to: true,
  agentId: true,
};

export const ofBacktest: Names<Options> = { ...shared, strategies: true };

export const ofStrategy: Names<Options["strategies"][number]> = { strategy: true, params: true };

/** Options of a walk-forward are those of a sweep, too. */
export const ofSweep: Names<WalkForward.Options> = {
  ...shared,
  strategy: true,
  candidates: true,
  metric: true,
  trainBars: true,
  testBars: true,
  isAnchored: true,
};

/** What nothing here is called: a name that is spelled wrongly would leave a default standing unnoticed. */
export const strangers = (given: object, names: object, at = ""): ReadonlyArray<Problem> => {
  const known = Object.keys(names);
  const message = `no such option, there is ${known.join(", ")}`;
  return Object.entries(given)
    .filter(([name]) => !known.includes(name))
    .map(([name, value]) => ({ path: `${at}${name}`, message: `${shown(value)} is refused: ${message}` }));
};
