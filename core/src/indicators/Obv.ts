import type { Bar } from "../Bar.ts";

/** On-balance volume: the volume of bars that closed higher less that of bars that closed lower, from the start. */
export interface State {
  readonly previousClose: number | null;
  readonly balance: number;
}

export const init = (): State => ({ previousClose: null, balance: 0 });

/** The balance in units traded, or null on the first bar, which has nothing to be compared with. */
export const next = (
  state: State,
  { close, volume }: Pick<Bar, "close" | "volume">,
): readonly [State, number | null] => {
  const { previousClose } = state;
  if (previousClose === null) return [{ previousClose: close, balance: 0 }, null];
  const signed = close > previousClose ? volume : close < previousClose ? -volume : 0;
  const balance = state.balance + signed;
  return [{ previousClose: close, balance }, balance];
};
