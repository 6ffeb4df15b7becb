import { Columns, Rng } from "@strom/core";

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

/** The same walk as bars of a minute whose open, high and low are their close. */
export const columns = (count: number, seed?: number): Columns.Columns => {
  const made = Columns.make("WALK", count);
  const values = closes(count, seed);
  for (let i = 0; i < count; i++) {
    made.from[i] = 1_500_000_000_000 + i * 60_000;
    made.to[i] = 1_500_000_000_000 + (i + 1) * 60_000;
  }
  for (const field of ["open", "high", "low", "close"] as const) made[field].set(values);
  made.volume.fill(1);
  return made;
};
