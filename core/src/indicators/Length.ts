/** A count of values as an indicator takes it. Throws `RangeError` unless whole and at least `least`. */
export const check = (length: number, least = 1): number => {
  if (!Number.isInteger(length) || length < least) {
    throw new RangeError(`a whole number of at least ${least} values is needed, not ${length}`);
  }
  return length;
};

/** A number as an indicator takes it, by its name. Throws `RangeError` unless finite: all that follows would be NaN. */
export const checkNumber = (name: string, value: number): number => {
  if (!Number.isFinite(value)) throw new RangeError(`${name}: a number is needed, not ${value}`);
  return value;
};
