import * as Length from "./Length.ts";
import * as Window from "./Window.ts";

/** Rate of change: the percentage by which a value exceeds the one `length` places before. Values must not be 0. */
export interface State {
  readonly length: number;
  readonly window: Window.Window;
}

export const init = (length: number): State => ({ length: Length.check(length), window: Window.empty });

/** The change in percent, or null before `length + 1` values were seen. */
export const next = (state: State, value: number): readonly [State, number | null] => {
  const { length } = state;
  const window = Window.push(state.window, value, length + 1);
  return [{ length, window }, window.length <= length ? null : change(Window.at(window, length), value)];
};

/** The percentage by which `now` exceeds `before`. */
export const change = (before: number, now: number): number => (100 * (now - before)) / before;

/** The changes over a whole series, NaN before warm; bit for bit what `next` gives. */
export const series = (values: Float64Array, length: number): Float64Array => {
  Length.check(length);
  const out = new Float64Array(values.length).fill(Number.NaN);
  for (let index = length; index < values.length; index++) {
    out[index] = change(values[index - length] ?? 0, values[index] ?? 0);
  }
  return out;
};
