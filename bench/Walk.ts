import { Rng } from "@strom/core";

/** A seeded random walk of closes around 100, each a price: the input of the benches, alike on every machine. */
export const closes = (count: number, seed = 7): Float64Array => {
  const values = new Float64Array(count);
  let state = Rng.make(seed);
  let price = 100;
  for (let i = 0; i < count; i++) {
    const [u, next] = Rng.uniform(state);
    state = next;
    price = Math.max(1, price * (1 + (u - 0.5) * 0.004));
    values[i] = Math.round(price * 1e4) / 1e4;
  }
  return values;
};
