import type * as Rng from "../Rng.ts";
import * as Diffusion from "./Diffusion.ts";
import * as Path from "./Path.ts";

/**
 * A market of moods: for a block of steps (`Path.BLOCK`) one regime rules, drawn anew for each block, so which
 * one rules at a step is known without walking there. After Hamilton (1989), with stretches of one length
 * in place of a Markov chain.
 */
export interface Params extends Diffusion.Params {
  readonly regimes: ReadonlyArray<Regime>;
}

export interface Regime {
  /** Drift of each step in standard deviations of a step: 0.3 is a trend one can see. */
  readonly trend: number;
  /** Multiplies the volatility. */
  readonly turbulence: number;
}

/** Step 0: the start price. */
export const init: (params: Params, seed: Rng.Seed, symbol: string) => Path.State = Path.start;

export const next = (params: Params, state: Path.State): readonly [Path.Tick, Path.State] =>
  Path.next(state, params.tickSize, ({ normal }, mood) => {
    const { trend, turbulence } = params.regimes[Math.floor(mood * params.regimes.length)] ?? CALM;
    return Diffusion.factor(params, state.price, trend + turbulence * normal);
  });

/** What rules where no regime is given. */
const CALM: Regime = { trend: 0, turbulence: 1 };
