import { Rng } from "@strom/core";

/** Seeded chance for a simulation: one stream a purpose, so that asking one more question here changes nothing there. */
export interface Dice {
  /** A number in [0, 1). */
  readonly uniform: () => number;
  /** A whole number from `low` to `high`, both included. */
  readonly integer: (low: number, high: number) => number;
  readonly pick: <A>(from: ReadonlyArray<A>) => A;
}

export const make = (seed: Rng.Seed, ...purpose: ReadonlyArray<string | number>): Dice => {
  let state = Rng.fork(seed, ...purpose);
  const uniform = (): number => {
    const [u, next] = Rng.uniform(state);
    state = next;
    return u;
  };
  const integer = (low: number, high: number): number => low + Math.floor(uniform() * (high - low + 1));
  return {
    uniform,
    integer,
    pick: (from) => {
      const found = from[integer(0, from.length - 1)];
      if (found === undefined) throw new RangeError("there is nothing to pick from");
      return found;
    },
  };
};
