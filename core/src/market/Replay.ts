import type { Bar } from "../Bar.ts";

/**
 * Recorded bars as prices in time. A bar stamped T over I milliseconds covers `[T, T + I)` and becomes four
 * prices inside it: its open at T; high and low a third and two thirds in, the one nearer to the open first (the
 * high when both are as near); its close in the last millisecond, T + I - 1. An agent whose slots lie on the same
 * grid folds `[T, T + I)` at the slot T + I, and so sees the file's bar exactly; its volume comes with the close.
 */
export interface Params {
  /** Bars of any symbols, ordered by time; each at least 4 ms long. */
  readonly bars: ReadonlyArray<Bar>;
}

/** How many prices were given so far. */
export interface State {
  readonly given: number;
}

export interface Tick {
  readonly symbol: string;
  readonly at: number;
  readonly price: number;
  readonly volume: number;
}

const PRICES = 4;

export const init: State = { given: 0 };

/** The next price of the record, or null at its end. */
export const next = (params: Params, state: State): readonly [Tick | null, State] => {
  const bar = params.bars[Math.floor(state.given / PRICES)];
  if (bar === undefined) return [null, state];
  const tick = prices(bar)[state.given % PRICES] ?? null;
  return [tick, { given: state.given + 1 }];
};

/** The four prices of one bar, in time order. */
export const prices = (bar: Bar): ReadonlyArray<Tick> => {
  const { symbol, from, to, open, high, low, close, volume } = bar;
  const length = to - from;
  if (length < PRICES) {
    throw new RangeError(`a bar of at least ${PRICES} ms is needed to replay it, not ${length}`);
  }
  const highFirst = high - open <= open - low;
  const third = Math.floor(length / 3);
  return [
    { symbol, at: from, price: open, volume: 0 },
    { symbol, at: from + third, price: highFirst ? high : low, volume: 0 },
    { symbol, at: from + 2 * third, price: highFirst ? low : high, volume: 0 },
    { symbol, at: to - 1, price: close, volume },
  ];
};
