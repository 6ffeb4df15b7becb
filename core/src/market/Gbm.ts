import type * as Rng from "../Rng.ts";
import * as Diffusion from "./Diffusion.ts";
import * as Path from "./Path.ts";

/** Geometric Brownian motion: steps of one size, relative to the price, up or down. */
export type Params = Omit<Diffusion.Params, "reversion">;

/** Step 0: the start price. */
export const init: (params: Params, seed: Rng.Seed, symbol: string) => Path.State = Path.start;

export const next = (params: Params, state: Path.State): readonly [Path.Tick, Path.State] =>
  Path.next(state, params.tickSize, ({ normal }) =>
    Diffusion.factor({ ...params, reversion: 0 }, state.price, normal),
  );
