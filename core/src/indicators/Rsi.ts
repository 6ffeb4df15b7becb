import * as Length from "./Length.ts";
import * as Wilder from "./Wilder.ts";

/**
 * Relative strength index of Wilder: 100 × gains / (gains + losses), both smoothed over `length` changes.
 * 100 with gains only, 0 with losses only, 50 when nothing has moved at all.
 */
export interface State {
  readonly previous: number | null;
  readonly gain: Wilder.State;
  readonly loss: Wilder.State;
}

export const init = (length: number): State => ({
  previous: null,
  gain: Wilder.init(length),
  loss: Wilder.init(length),
});

/** The index in 0..100, or null before `length + 1` values were seen. */
export const next = (state: State, value: number): readonly [State, number | null] => {
  if (state.previous === null) return [{ ...state, previous: value }, null];
  const change = value - state.previous;
  const [gain, gains] = Wilder.next(state.gain, Math.max(change, 0));
  const [loss, losses] = Wilder.next(state.loss, change < 0 ? -change : 0);
  return [{ previous: value, gain, loss }, gains === null || losses === null ? null : index(gains, losses)];
};

/** The index of smoothed gains and losses. */
export const index = (gains: number, losses: number): number => {
  const moved = gains + losses;
  return moved === 0 ? 50 : (100 * gains) / moved;
};

/** The index over a whole series, NaN before warm; bit for bit what `next` gives. */
export const series = (values: Float64Array, length: number): Float64Array => {
  Length.check(length);
  const out = new Float64Array(values.length).fill(Number.NaN);
  let gains = 0;
  let losses = 0;
  for (let place = 1; place < values.length; place++) {
    const change = (values[place] ?? 0) - (values[place - 1] ?? 0);
    const gain = Math.max(change, 0);
    const loss = change < 0 ? -change : 0;
    if (place <= length) {
      gains += gain;
      losses += loss;
      if (place < length) continue;
      gains /= length;
      losses /= length;
    } else {
      gains = Wilder.toward(gains, gain, length);
      losses = Wilder.toward(losses, loss, length);
    }
    out[place] = index(gains, losses);
  }
  return out;
};
