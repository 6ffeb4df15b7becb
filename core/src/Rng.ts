import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import * as Id from "./Id.ts";
import * as Normal from "./Normal.ts";

/**
 * Seeded dice as values: a draw takes a state and gives the next one. The generator is xoroshiro128+ of
 * `pure-rand`; a state is its four 32-bit words, plain JSON.
 */
export type State = readonly [number, number, number, number];
export type Seed = number | bigint | string;

const words = (seed: Seed, keys: ReadonlyArray<Id.Part>): DataView => {
  const bytes = sha256(utf8ToBytes(Id.encodeParts([seed, ...keys])));
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
};

/** The stream of a seed. */
export const make = (seed: Seed): State => fork(seed);

/** The stream of a seed and keys: streams of different keys are independent of one another. */
export const fork = (seed: Seed, ...keys: ReadonlyArray<Id.Part>): State => {
  const view = words(seed, keys);
  // The generator must not start all zero; the chance is 2^-128, the bit costs nothing.
  return [view.getInt32(0), view.getInt32(4), view.getInt32(8), view.getInt32(12) | 1];
};

const next = (state: State): [number, State] => {
  const generator = xoroshiro128plusFromState(state);
  const high = generator.next() >>> 5;
  const low = generator.next() >>> 6;
  const [a = 0, b = 0, c = 0, d = 0] = generator.getState();
  // 27 + 26 bits: every multiple of 2^-53 in [0, 1) is equally likely.
  return [(high * 67_108_864 + low) / 9_007_199_254_740_992, [a, b, c, d]];
};

/** A number in [0, 1), 53 bits. */
export const uniform = (state: State): [number, State] => next(state);

/** A standard normal draw, by the inverse of its distribution: one uniform a draw, within ±8.2. */
export const normal = (state: State): [number, State] => {
  const [u, rest] = next(state);
  // The middle of the cell, so that 0 is never asked for.
  return [Normal.quantile(u + 2 ** -54), rest];
};

/** A whole number from `low` to `high`, both included, for ranges far below 2^53. */
export const integer = (state: State, low: number, high: number): [number, State] => {
  const [u, rest] = next(state);
  return [low + Math.floor(u * (high - low + 1)), rest];
};

/** One hashed number in [0, 1), a function of seed and keys alone. */
export const uniformFrom = (seed: Seed, ...keys: ReadonlyArray<Id.Part>): number => {
  const view = words(seed, keys);
  return ((view.getUint32(0) >>> 5) * 67_108_864 + (view.getUint32(4) >>> 6)) / 9_007_199_254_740_992;
};
