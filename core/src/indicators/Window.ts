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
