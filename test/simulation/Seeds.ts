import { assert, it } from "@effect/vitest";
import * as Faults from "@strom/apps/simulation/Faults.ts";
import * as Judge from "@strom/apps/simulation/Judge.ts";

const TICKS = 200;
/** Strikes of every kind that a hundred seeds must see, or the suite has grown tame. */
const STRIKES_MIN = 20;

/** Lives these seeds, each three times; a failing one is shrunk and printed as it goes into Cases.ts. */
export const suite = (seeds: ReadonlyArray<number>): void => {
  const counts = new Map<Faults.Fault, number>(Faults.all.map((fault) => [fault, 0]));
  const recoveries: Array<number> = [];
  let givenUp = 0;

  it(`seeds ${seeds.at(0)} to ${seeds.at(-1)} leave the same books with faults as without`, () => {
    for (const seed of seeds) {
      const { findings, outcome } = Judge.judge({ seed, ticks: TICKS });
      if (findings.length > 0) {
        const smallest = Judge.text(Judge.shrink({ seed, ticks: TICKS }));
        assert.fail(
          `seed ${seed} is wrong; add ${smallest} to test/simulation/Cases.ts\n${findings.join("\n")}`,
        );
      }
      for (const [fault, count] of outcome.faults) counts.set(fault, (counts.get(fault) ?? 0) + count);
      givenUp += outcome.givenUp;
      if (outcome.recoveredMs !== null) recoveries.push(outcome.recoveredMs);
    }
  });

  it(`they met every kind of fault at least ${STRIKES_MIN} times`, () => {
    const sorted = recoveries.sort((a, b) => a - b);
    const worst = ((sorted.at(-1) ?? 0) / 1000).toFixed(1);
    console.log(
      [
        `${seeds.length} seeds, at rest ${worst} s after the last fault at the latest`,
        ...[...counts].map(([fault, count]) => `${String(count).padStart(6)} ${fault}`),
      ].join("\n"),
    );
    for (const [fault, count] of counts) assert.isAtLeast(count, STRIKES_MIN, fault);
    // A third of that are lanes that moved to another process.
    assert.isAtLeast(givenUp, 40 * seeds.length, "lanes that rested from the bus");
  });
};

export const range = (from: number, count: number): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, index) => from + index);
