/** A line with one above and one below it, in units of price. */
export interface Bands {
  readonly upper: number;
  readonly middle: number;
  readonly lower: number;
}

export const around = (middle: number, distance: number): Bands => ({
  upper: middle + distance,
  middle,
  lower: middle - distance,
});
