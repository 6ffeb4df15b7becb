import type { MemoryRecord } from "@strom/adapters/memory/MemoryRecord.ts";
import { Effect } from "effect";
import * as Audit from "./Audit.ts";
import * as Books from "./Books.ts";
import * as Chaos from "./Chaos.ts";
import type { Fault } from "./Faults.ts";
import * as Faults from "./Faults.ts";
import * as Owner from "./Owner.ts";
import { withHouse } from "./Worker.ts";
import * as World from "./World.ts";

/** The whole pipeline in one process, one seed for everything: what came of it. */
export interface Outcome {
  readonly violations: ReadonlyArray<string>;
  readonly books: Books.Books;
  /** Of the orders, trades, positions and equity it left. */
  readonly digest: string;
  /** Of everything that happened, in order. */
  readonly trace: string;
  readonly told: ReadonlyArray<string>;
  readonly faults: ReadonlyMap<Fault, number>;
  /** Subscriptions to the bus given up by processes that lived on: lanes that hear enough of their own, or moved. */
  readonly givenUp: number;
  /** From the last fault to rest, in ms of the simulation's time; null when it never came to rest. */
  readonly recoveredMs: number | null;
  readonly trades: number;
  /** All that was written. */
  readonly record: MemoryRecord;
}

export interface Options {
  readonly seed: number;
  /** Seconds of the agents' time: an agent of one second is ticked in each. */
  readonly ticks: number;
  readonly plan?: Faults.Plan;
  readonly isTold?: boolean;
}

/** Longer than any trouble can keep a world from its next second. */
const PATIENCE_MS = 300_000;
const RECOVERY_MS = 60_000;
/** Longer than anybody stays frozen: whoever wakes up late must find nothing to do. */
const AFTERMATH_MS = 25_000;

/** Lives one world. */
export const live = ({ seed, ticks, plan = Faults.seeded, isTold = false }: Options): Outcome => {
  const world = World.make({ seed, seconds: ticks, plan, isTold });
  const { kernel, faults, record, trace, bus } = world;
  const violations: Array<string> = [];
  let isLived = false;
  const stage: Owner.Stage = {
    ...world,
    isTicked: Effect.sync(world.isTicked),
    isAtRest: Effect.sync(world.isAtRest),
    note: (text) => trace.note(kernel.now(), text),
  };
  const chaos = Chaos.unleash(world);
  withHouse(
    world,
    kernel.start("owner", false),
    Effect.tap(Owner.live(stage), () =>
      Effect.sync(() => {
        isLived = true;
      }),
    ),
  );
  kernel.live(() => isLived, ticks * 2_000 + PATIENCE_MS);
  if (!isLived)
    violations.push(`the world did not come further than ${new Date(world.hand.at()).toISOString()}`);

  faults.stop();
  chaos.heal();
  const healedAt = kernel.now();
  kernel.live(world.isAtRest, healedAt + RECOVERY_MS);
  const recoveredMs = world.isAtRest() ? kernel.now() - (faults.lastAt() ?? healedAt) : null;
  if (recoveredMs === null) violations.push(`it did not come to rest within ${RECOVERY_MS} ms`);
  kernel.live(() => false, kernel.now() + AFTERMATH_MS);

  violations.push(...kernel.defects(), ...bus.tooEarly(), ...Audit.run(record, chaos.poison));
  const books = Books.read(record);
  return {
    violations,
    books,
    digest: Books.digest(books),
    trace: trace.digest(),
    told: trace.lines(),
    faults: faults.counts(),
    givenUp: bus.givenUp(),
    recoveredMs,
    trades: record.trades.size(),
    record,
  };
};
