import type { Layer } from "effect";
import { Effect } from "effect";
import * as Execution from "../pipeline/Execution.ts";
import * as Risk from "../pipeline/Risk.ts";
import * as Runtime from "../pipeline/Runtime.ts";
import * as Scheduler from "../pipeline/Scheduler.ts";
import * as Stage from "../pipeline/Stage.ts";
import { catalog } from "./Gambler.ts";
import type { Process } from "./Kernel.ts";
import type { topics, World } from "./World.ts";

export type StageName = keyof typeof topics;
export const stages: ReadonlyArray<StageName> = ["runtime", "risk", "execution"];

/** One partition of one stage. */
export interface Duty {
  readonly stage: StageName;
  readonly partition: number;
}

/** A process that runs the three stages, over the partitions it is told to. */
export interface Worker {
  readonly process: Process;
  readonly take: (duty: Duty) => void;
  /** As soon as the batch it is in is over. */
  readonly leave: (duty: Duty) => void;
  readonly holds: (duty: Duty) => boolean;
}

/** So few agents leave a lane to itself all the time if little is enough for it. */
const options: Stage.Options = { ...Stage.standard, hearing: { lookMs: 200, ownMin: 1 } };

/** Between two partitions that fall to a worker. */
const JOINED_MS = 3;

const keyOf = ({ stage, partition }: Duty): string => `${stage}/${partition}`;

export const hire = (world: World, name: string): Worker => {
  const process = world.kernel.start(name);
  const taken = new Map<string, Duty>();
  const stops = new Map<string, () => void>();
  let desks: Readonly<Record<StageName, Stage.Desk>> | null = null;

  const begin = (key: string, { stage, partition }: Duty): void => {
    if (desks === null) return;
    // One after the other, as shards come: others are at work meanwhile.
    stops.set(key, process.run(Effect.delay(desks[stage].work(partition), JOINED_MS * partition)));
  };

  process.run(
    Effect.gen(function* () {
      desks = {
        runtime: yield* Stage.open(yield* Runtime.make(catalog), options),
        risk: yield* Stage.open(yield* Risk.make, options),
        execution: yield* Stage.open(yield* Execution.make, options),
      };
      for (const [key, duty] of taken) begin(key, duty);
      return yield* Effect.never;
    }).pipe(Effect.provide(world.house(process)), Effect.scoped),
  );

  return {
    process,
    take: (duty) => {
      const key = keyOf(duty);
      if (taken.has(key)) return;
      taken.set(key, duty);
      begin(key, duty);
    },
    leave: (duty) => {
      const key = keyOf(duty);
      if (!taken.delete(key)) return;
      stops.get(key)?.();
      stops.delete(key);
    },
    holds: (duty) => taken.has(keyOf(duty)),
  };
};

/** A process that ticks. Its clock may be some moves behind, or so many ms ahead. */
export interface Timekeeper {
  readonly process: Process;
  readonly setBehind: (moves: number) => void;
  readonly setAhead: (ms: number) => void;
}

export const timekeeper = (world: World, name: string): Timekeeper => {
  const process = world.kernel.start(name);
  let behind = 0;
  let aheadMs = 0;
  process.run(
    Scheduler.run({ ...Scheduler.standard, refreshMs: 500 }).pipe(
      Effect.provide(world.house(process, () => world.hand.before(behind) + aheadMs)),
      Effect.scoped,
    ),
  );
  return {
    process,
    setBehind: (moves) => {
      behind = moves;
    },
    setAhead: (ms) => {
      aheadMs = ms;
    },
  };
};

/** Runs a program in a process with everything the pipeline has. */
export const withHouse = <A, E>(
  world: World,
  process: Process,
  program: Effect.Effect<A, E, Layer.Success<ReturnType<World["house"]>>>,
): void => {
  process.run(program.pipe(Effect.provide(world.house(process)), Effect.scoped));
};
