import type { Case } from "@strom/apps/simulation/Judge.ts";

/**
 * Worlds that were wrong once, as small as they could be made, and what they showed. They stay: `strom simulate`
 * prints the line to add.
 */
export const cases: ReadonlyArray<Case & { readonly showed: string }> = [
  {
    seed: 6,
    ticks: 4,
    only: ["store.loses the answer to a commit"],
    showed:
      "an agent made by a commit nobody heard of could not be made again, and its owner was told of a fault",
  },
  {
    seed: 15,
    ticks: 130,
    only: ["crash.before a commit"],
    showed: "the simulation took a tick for given that a scheduler's death then took back",
  },
  {
    seed: 28,
    ticks: 200,
    showed: "a clock that is behind ticks a slot that others have skipped",
  },
  {
    seed: 79,
    ticks: 3,
    showed: "ticks in a partition nobody had read yet were counted as missed by a scheduler that came anew",
  },
  {
    seed: 9824,
    ticks: 64,
    showed:
      "the simulation left open whether a slot is ticked or missed on whose instant its agent is started",
  },
];
