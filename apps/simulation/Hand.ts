/** A clock that stands still until it is moved, and remembers where it stood. */
export interface Hand {
  /** ms since the epoch. */
  readonly at: () => number;
  readonly move: (to: number) => void;
  /** Where it stood so many moves ago; at its beginning before that. */
  readonly before: (moves: number) => number;
}

export const make = (beginAt: number): Hand => {
  const stood = [beginAt];
  const before = (moves: number): number => stood[Math.max(0, stood.length - 1 - moves)] ?? beginAt;
  return {
    at: () => before(0),
    move: (to) => {
      stood.push(to);
    },
    before,
  };
};
