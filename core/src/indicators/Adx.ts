import * as Candle from "./Candle.ts";
import * as Wilder from "./Wilder.ts";

/**
 * Average directional index of Wilder (1978): how strongly bars move one way. The directional indicators are the
 * smoothed moves up and down as a percentage of the smoothed true range; 0 where there is no range. The first bar
 * counts as one that did not move, its range being high - low; Wilder begins with the second. The
 * difference fades: some percent at first, beyond four digits after 200 bars with a length of 14.
 */
export interface State {
  readonly previous: Candle.Candle | null;
  readonly range: Wilder.State;
  readonly up: Wilder.State;
  readonly down: Wilder.State;
  readonly adx: Wilder.State;
}

/** All in 0..100. */
export interface Adx {
  readonly adx: number;
  readonly plus: number;
  readonly minus: number;
}

export const init = (length: number): State => ({
  previous: null,
  range: Wilder.init(length),
  up: Wilder.init(length),
  down: Wilder.init(length),
  adx: Wilder.init(length),
});

/** The index and both indicators, or null before `2 × length - 1` bars were seen. */
export const next = (state: State, candle: Candle.Candle): readonly [State, Adx | null] => {
  const { previous } = state;
  const rise = previous === null ? 0 : candle.high - previous.high;
  const fall = previous === null ? 0 : previous.low - candle.low;
  const [range, ranges] = Wilder.next(
    state.range,
    Candle.trueRange(candle, previous === null ? null : previous.close),
  );
  // Wilder: a bar that reaches equally far both ways moved neither.
  const [up, ups] = Wilder.next(state.up, rise > 0 && rise > fall ? rise : 0);
  const [down, downs] = Wilder.next(state.down, fall > 0 && fall > rise ? fall : 0);
  const { high, low, close } = candle;
  const seen = { previous: { high, low, close }, range, up, down };
  if (ranges === null || ups === null || downs === null) return [{ ...seen, adx: state.adx }, null];
  const moved = ups + downs;
  const [adx, index] = Wilder.next(state.adx, moved === 0 ? 0 : (100 * Math.abs(ups - downs)) / moved);
  if (index === null) return [{ ...seen, adx }, null];
  const percent = (move: number): number => (ranges === 0 ? 0 : (100 * move) / ranges);
  return [
    { ...seen, adx },
    { adx: index, plus: percent(ups), minus: percent(downs) },
  ];
};
