import type * as Rng from "../Rng.ts";
import * as Diffusion from "./Diffusion.ts";
import * as Path from "./Path.ts";

/**
 * A diffusion with rare large moves: in each step, with probability `jumpChance`, a jump of normal size is added
 * (Merton, Option pricing when underlying stock returns are discontinuous, 1976, one jump a step at most).
 */
export interface Params extends Diffusion.Params {
  /** Chance of a jump in one step, 0..1. */
  readonly jumpChance: number;
  /** Mean and standard deviation of a jump, as fractions of the price. */
  readonly jumpMean: number;
  readonly jumpDeviation: number;
}

/** Step 0: the start price. */
export const init: (params: Params, seed: Rng.Seed, symbol: string) => Path.State = Path.start;

export const next = (params: Params, state: Path.State): readonly [Path.Tick, Path.State] =>
  Path.next(state, params.tickSize, ({ normal, jump, jumpSize }) =>
    Diffusion.factor(
      params,
      state.price,
      normal,
      jump < params.jumpChance ? params.jumpMean + params.jumpDeviation * jumpSize : 0,
    ),
  );
