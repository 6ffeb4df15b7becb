import type { Seed } from "../Rng.ts";
import * as Instrument from "./Instrument.ts";
import * as Path from "./Path.ts";

/**
 * The built-in simulated market. The price of a symbol at step k is a function of seed, symbol and k alone,
 * reached step by step; who else is asked, and when, changes nothing. What a step means in time is the caller's
 * business: at one a second, step k is priced k seconds after the first.
 */
export interface Market {
  readonly seed: string;
  readonly instruments: ReadonlyArray<Instrument.Instrument>;
}

/** Where the market stands: plain JSON, one path a symbol, all at the same step. */
export interface State {
  readonly step: number;
  readonly paths: ReadonlyArray<Path.State>;
}

/** The symbols traded when none are named. */
export const symbols: ReadonlyArray<string> = Instrument.known.map(({ symbol }) => symbol);

export const make = (names: ReadonlyArray<string>, seed: Seed): Market => ({
  seed: String(seed),
  instruments: [...new Set(names)].map((symbol) => Instrument.of(symbol, seed)),
});

/** Step 0: every symbol at its start price. */
export const start = (market: Market): State => ({
  step: 0,
  paths: market.instruments.map((instrument) => Instrument.init(instrument, market.seed)),
});

/**
 * The market at a step, taken up from the prices it had there: bit for bit where it would be, had it never
 * stopped. A symbol without a price joins at its start price.
 */
export const resume = (market: Market, step: number, prices: ReadonlyMap<string, number>): State => ({
  step,
  paths: market.instruments.map((instrument) => {
    const first = Instrument.init(instrument, market.seed);
    return Path.at(market.seed, instrument.symbol, step, prices.get(instrument.symbol) ?? first.price);
  }),
});

/** The prices where the market stands. */
export const ticks = (state: State): ReadonlyArray<Path.Tick> =>
  state.paths.map(({ symbol, step, price }) => ({ symbol, step, price }));

/** One step: a price of every symbol, in the market's order. */
export const next = (market: Market, state: State): readonly [ReadonlyArray<Path.Tick>, State] => {
  const moved = state.paths.map((path, index) => {
    const instrument = market.instruments[index];
    if (instrument === undefined || instrument.symbol !== path.symbol) {
      throw new RangeError(`the state holds ${path.symbol} where the market has ${instrument?.symbol}`);
    }
    return Instrument.next(instrument, path);
  });
  return [moved.map(([tick]) => tick), { step: state.step + 1, paths: moved.map(([, path]) => path) }];
};

/** Many steps at once, oldest first: the history of a market before its first start. */
export const advance = (
  market: Market,
  state: State,
  steps: number,
): readonly [ReadonlyArray<Path.Tick>, State] => {
  const all: Array<Path.Tick> = [];
  let current = state;
  for (let taken = 0; taken < steps; taken++) {
    const [now, after] = next(market, current);
    all.push(...now);
    current = after;
  }
  return [all, current];
};
