/** A count of values as an indicator takes it. Throws `RangeError` unless whole and at least `least`. */
export const check = (length: number, least = 1): number => {
  if (!Number.isInteger(length) || length < least) {
    throw new RangeError(`a whole number of at least ${least} values is needed, not ${length}`);
  }
  return length;
};
