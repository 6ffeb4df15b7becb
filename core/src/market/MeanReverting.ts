import type * as Rng from "../Rng.ts";
import * as Diffusion from "./Diffusion.ts";
import * as Path from "./Path.ts";

/** A price that is pulled back to where it began: dS = κ(θ − S)dt + σS dW (Brennan and Schwartz, 1980). */
export type Params = Omit<Diffusion.Params, "drift">;

/** Step 0: the start price. */
export const init: (params: Params, seed: Rng.Seed, symbol: string) => Path.State = Path.start;

export const next = (params: Params, state: Path.State): readonly [Path.Tick, Path.State] =>
  Path.next(state, params.tickSize, ({ normal }) =>
    Diffusion.factor({ ...params, drift: 0 }, state.price, normal),
  );
