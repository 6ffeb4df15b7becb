/** The first of the bars `from` to `to` that does not lie before an instant, else `to`. */
export const dayEnd = (at: Float64Array, from: number, to: number, endsAt: number): number => {
  if ((at[to - 1] ?? 0) < endsAt) return to;
  let low = from;
  let high = to - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((at[middle] ?? 0) < endsAt) low = middle + 1;
    else high = middle;
  }
  return low;
};
