import { Console, Effect, Option } from "effect";
import { Command, Flag } from "effect/cli";
import type { Case } from "../simulation/Judge.ts";
import type { Outcome } from "../simulation/Simulation.ts";
import * as Given from "./Given.ts";
import { CheckFailed } from "./Refusal.ts";

const whole = (name: string, from: number, fallback: number, description: string) =>
  Given.whole(name, { from }, `${description}; default ${fallback}`).pipe(Flag.withDefault(fallback));

const seed = whole("seed", 0, 1, "Everything follows from it: the world, and what goes wrong in it");
const ticks = whole("ticks", 1, 200, "Seconds of the agents' time");
const seeds = Given.whole(
  "seeds",
  { from: 1 },
  "So many seeds one after the other, beginning with --seed; one unless it is given",
).pipe(Flag.optional);
const isTold = Flag.Boolean("tell").pipe(
  Flag.withDescription("Tell everything that happens, in order"),
  Flag.withDefault(false),
);

const summary = (seed: number, { digest, trades, faults, recoveredMs }: Outcome): string => {
  const struck = [...faults.values()].reduce((sum, count) => sum + count, 0);
  const rest =
    recoveredMs === null ? "no rest" : `at rest ${(recoveredMs / 1000).toFixed(1)} s after the last`;
  return `seed ${seed}: ${trades} trades, ${struck} faults, ${rest}, books ${digest.slice(0, 16)}`;
};

/** Read only when asked for: no other command should start later for it. */
const rehearsal = Effect.promise(async () => ({
  Judge: await import("../simulation/Judge.ts"),
  Simulation: await import("../simulation/Simulation.ts"),
}));

const one = Effect.fnUntraced(function* (given: Case, isTold: boolean) {
  const { Judge, Simulation } = yield* rehearsal;
  if (isTold) for (const line of Simulation.live({ ...given, isTold }).told) yield* Console.log(line);
  const { findings, outcome } = Judge.judge(given);
  yield* Console.log(summary(given.seed, outcome));
  if (findings.length === 0) return;
  for (const finding of findings.slice(0, 10)) yield* Console.log(`  ${finding}`);
  const smallest = Judge.shrink(given);
  return yield* new CheckFailed({
    message: `seed ${given.seed} is wrong; its smallest case, for test/simulation/Cases.ts: ${Judge.text(smallest)}`,
  });
});

export const simulate = Command.make(
  "simulate",
  { seed, ticks, seeds, isTold },
  Effect.fnUntraced(function* ({ seed, ticks, seeds, isTold }) {
    const last = seed + Option.getOrElse(seeds, () => 1);
    for (let next = seed; next < last; next++) yield* one({ seed: next, ticks }, isTold);
  }),
).pipe(
  Command.withDescription(
    "Lives the whole pipeline in this process under faults that follow from a seed, and compares it with a life without",
  ),
  Command.withExamples([
    { command: "strom simulate --seed 7 --ticks 500", description: "One world, half a thousand ticks" },
    {
      command: "strom simulate --seed 7 --ticks 20 --tell",
      description: "Every commit, message and fault of it",
    },
  ]),
);
