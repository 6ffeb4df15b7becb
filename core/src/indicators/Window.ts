/** The last values of a series, oldest first. A plain array, so that it goes through JSON. */
export type Window = ReadonlyArray<number>;

export const empty: Window = [];

/** One more value; beyond `length` the oldest goes. */
export const push = (window: Window, value: number, length: number): Window => {
  const next = window.length < length ? window.slice() : window.slice(window.length - length + 1);
  next.push(value);
  return next;
};

/** The value `back` places from the newest, 0 being the newest itself. Throws `RangeError` beyond the oldest. */
export const at = (window: Window, back: number): number => {
  const value = window[window.length - 1 - back];
  if (value === undefined) throw new RangeError(`no value ${back} back in a window of ${window.length}`);
  return value;
};

export const max = (window: Window): number => window.reduce((a, b) => Math.max(b, a), -Infinity);
export const min = (window: Window): number => window.reduce((a, b) => Math.min(b, a), Infinity);

/** Whether a column holds the window right before an index: then a scan can read the column in its place. */
export const precedes = (window: Window, column: Float64Array, index: number): boolean => {
  const first = index - window.length;
  if (first < 0) return false;
  for (let place = 0; place < window.length; place++) {
    if (window[place] !== column[first + place]) return false;
  }
  return true;
};

/** The window of a column that ends before an index. */
export const ofColumn = (column: Float64Array, end: number, length: number): Window => {
  const window: Array<number> = [];
  for (let index = end - length; index < end; index++) window.push(column[index] ?? 0);
  return window;
};
