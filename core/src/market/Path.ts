import * as Money from "../Money.ts";
import * as Rng from "../Rng.ts";

/**
 * The path of one simulated symbol. Each step draws from a stream named by seed, symbol and the step's block, and
 * moves on from the rounded price; so a path depends on no other symbol and on no order of asking, and can be
 * taken up again from nothing but its last step and price.
 */
export interface State {
  readonly seed: string;
  readonly symbol: string;
  /** The step `price` belongs to. */
  readonly step: number;
  readonly price: number;
  /** One number in [0, 1) for as long as a block of steps lasts. */
  readonly mood: number;
  readonly rng: Rng.State;
}

/** One simulated price. */
export interface Tick {
  readonly symbol: string;
  readonly step: number;
  readonly price: number;
}

/** Steps that share one stream and one mood. */
export const BLOCK = 128;

/** The dice of one step: always as many, whatever a model makes of them. */
export interface Dice {
  readonly normal: number;
  readonly jump: number;
  readonly jumpSize: number;
}

/** A path at its first step. */
export const start = (
  { start: price, tickSize }: { readonly start: number; readonly tickSize: number },
  seed: Rng.Seed,
  symbol: string,
): State => at(seed, symbol, 0, onGrid(price, tickSize));

/** The path at a step, its price known: at the beginning, or after a restart. */
export const at = (seed: Rng.Seed, symbol: string, step: number, price: number): State => {
  if (!Number.isInteger(step) || step < 0) throw new RangeError(`a step is a count from 0, not ${step}`);
  const name = String(seed);
  let [mood, rng] = block(name, symbol, step);
  for (let draw = 0; draw <= step % BLOCK; draw++) rng = roll(rng)[1];
  return { seed: name, symbol, step, price, mood, rng };
};

const block = (seed: string, symbol: string, step: number): readonly [number, Rng.State] =>
  Rng.uniform(Rng.fork(seed, "market", symbol, Math.floor(step / BLOCK)));

const roll = (rng: Rng.State): readonly [Dice, Rng.State] => {
  const [normal, second] = Rng.normal(rng);
  const [jump, third] = Rng.uniform(second);
  const [jumpSize, rest] = Rng.normal(third);
  return [{ normal, jump, jumpSize }, rest];
};

/** The next step: `move` says by what factor the price changes, `tickSize` on which grid it lands. */
export const next = (
  state: State,
  tickSize: number,
  move: (dice: Dice, mood: number) => number,
): readonly [Tick, State] => {
  const { seed, symbol } = state;
  const step = state.step + 1;
  const [mood, before] = step % BLOCK === 0 ? block(seed, symbol, step) : [state.mood, state.rng];
  const [dice, rng] = roll(before);
  const price = onGrid(state.price * move(dice, mood), tickSize);
  return [
    { symbol, step, price },
    { seed, symbol, step, price, mood, rng },
  ];
};

const MOST = Number(Money.MAX_PRICE);

/** The nearest multiple of the tick size (at most 6 decimals), at least one tick, at most the largest price. */
export const onGrid = (price: number, tickSize: number): number => {
  const unit = Math.round(tickSize * 1e6);
  if (!(unit >= 1)) throw new RangeError(`a tick size of at least 0.000001 is needed, not ${tickSize}`);
  const ticks = Math.max(1, Math.min(Math.round((price * 1e6) / unit), Math.floor(MOST / unit)));
  return (ticks * unit) / 1e6;
};
