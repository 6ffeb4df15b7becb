/** One way of doing the same work. */
export interface Contestant {
  readonly name: string;
  /** Does the work once; what it returns is compared, so that nobody wins by doing something else. */
  readonly work: () => number;
}

export interface Time {
  readonly name: string;
  /** Of the best round: what the work costs where nothing else disturbs it. */
  readonly seconds: number;
  readonly result: number;
}

/**
 * The time each contestant takes for the same work. They take turns, so that a busy moment of the machine falls
 * on all of them; the first turns, in which code is compiled, do not count.
 */
export const race = (
  contestants: ReadonlyArray<Contestant>,
  rounds = 9,
  warmups = 2,
): ReadonlyArray<Time> => {
  const times = contestants.map(() => [] as Array<number>);
  const results = contestants.map(() => Number.NaN);
  for (let round = 0; round < rounds + warmups; round++) {
    contestants.forEach(({ work }, i) => {
      const startedAt = performance.now();
      results[i] = work();
      if (round >= warmups) times[i]?.push((performance.now() - startedAt) / 1000);
    });
  }
  return contestants.map(({ name }, i) => ({
    name,
    seconds: Math.min(...(times[i] ?? [])),
    result: results[i] ?? Number.NaN,
  }));
};
