import { Event, Id } from "@strom/core";
import { Journal } from "@strom/core/ports";
import { Effect } from "effect";
import * as ClockDifference from "../ClockDifference.ts";
import * as Dice from "./Dice.ts";
import type { Process } from "./Kernel.ts";
import type { Duty, Timekeeper, Worker } from "./Worker.ts";
import * as Workers from "./Worker.ts";
import type { World } from "./World.ts";
import * as Worlds from "./World.ts";

/** How often chance is asked whether something of the larger kind happens. */
const EVERY_MS = 1_000;
/** How long until the others notice that a worker is gone. */
const NOTICED_MS = 2_000;
const WORKERS = 2;

/** An event put into the journal that its stage cannot process. */
export interface Poison {
  readonly stage: Workers.StageName;
  readonly eventId: string;
}

export interface Chaos {
  readonly poison: ReadonlyArray<Poison>;
  /** Every process that was killed is started again, every other one goes on; nothing more happens to them. */
  readonly heal: () => void;
}

/**
 * Two workers that share the partitions of every stage, a scheduler, and what happens to them: they are killed,
 * frozen, started twice, and told too late what is theirs.
 */
export const unleash = (world: World): Chaos => {
  const { kernel, faults, scenario, seed, store, bus, hand } = world;
  const dice = Dice.make(seed, "chaos");
  const duties: ReadonlyArray<Duty> = Workers.stages.flatMap((stage) =>
    Array.from({ length: scenario.partitions }, (_, partition) => ({ stage, partition })),
  );
  const workers: Array<Worker> = [];
  const poison: Array<Poison> = [];
  let keepers: Array<Timekeeper> = [];
  let frozen: ReadonlyArray<Process> = [];
  let started = 0;
  let isHealed = false;

  const present = (): ReadonlyArray<Worker> =>
    workers.filter(({ process }) => process.isAlive() && !frozen.includes(process));

  /** Every duty to one of those who are there; the others are told to leave it. */
  const share = (): void => {
    const there = present();
    if (there.length === 0) return;
    for (const [index, duty] of duties.entries()) {
      const owner = there[index % there.length];
      owner?.take(duty);
      for (const worker of workers) {
        if (worker === owner || !worker.holds(duty)) continue;
        // One who has just come is not told at once, so that two may be at it.
        kernel.after(1_000 * dice.uniform(), () => {
          if (worker.process.isAlive()) worker.leave(duty);
        });
      }
    }
  };

  const hire = (): void => {
    const worker = Workers.hire(world, `worker ${++started}`);
    workers.push(worker);
    worker.process.onKill(() => {
      kernel.after(NOTICED_MS * dice.uniform(), share);
      kernel.after(NOTICED_MS + 2_000 * dice.uniform(), restaff);
    });
    share();
  };

  const restaff = (): void => {
    const alive = workers.filter(({ process }) => process.isAlive());
    for (const gone of workers.filter(({ process }) => !process.isAlive()))
      workers.splice(workers.indexOf(gone), 1);
    for (let missing = WORKERS - alive.length; missing > 0; missing--) hire();
  };

  const keepTime = (): void => {
    const keeper = Workers.timekeeper(world, `scheduler ${++started}`);
    keepers.push(keeper);
    keeper.process.onKill(() => {
      keepers = keepers.filter((one) => one !== keeper);
      kernel.after(500 * dice.uniform(), () => {
        if (keepers.length === 0) keepTime();
      });
    });
  };

  const freeze = ({ process }: Worker): void => {
    process.freeze();
    frozen = [...frozen, process];
    kernel.after(NOTICED_MS, share);
    kernel.after(16_000 + 4_000 * dice.uniform(), () => {
      frozen = frozen.filter((one) => one !== process);
      process.thaw();
      // For a while it believes that everything is still its own.
      kernel.after(500 * dice.uniform(), share);
    });
  };

  const poisoner = kernel.start("poisoner", false);
  const inject = (
    entry: Pick<Event.OrderIntent, "agentId"> & {
      readonly stage: Workers.StageName;
      readonly payload: unknown;
      readonly eventId: string;
    },
  ): void => {
    const { stage, payload, eventId, agentId } = entry;
    poison.push({ stage, eventId });
    const append = Effect.flatMap(Journal, (journal) =>
      journal.append([
        {
          topic: Worlds.topics[stage],
          partition: Event.partition(agentId, scenario.partitions),
          eventId,
          agentId: null,
          payload,
          at: hand.at(),
        },
      ]),
    );
    Workers.withHouse(
      world,
      poisoner,
      Effect.retry(append, { while: () => Effect.as(Effect.sleep(100), true) }),
    );
  };

  const garble = (): void => {
    const stage = dice.pick(Workers.stages);
    const eventId = Id.derive("poison", seed, poison.length);
    const agentId = dice.pick(scenario.agents).id;
    const payload = dice.pick([
      { nonsense: true },
      "text",
      { id: eventId, topic: `strom.${Worlds.topics[stage]}` },
    ]);
    inject({ stage, eventId, agentId, payload });
  };

  /** Well formed, and about an agent or a configuration that is not there. */
  const mislead = (): void => {
    const agentId = dice.pick(scenario.agents).id;
    const slot = 1e9 + poison.length;
    const stranger = Id.derive("stranger", seed) as Id.AgentId;
    const run = {
      agentId: dice.uniform() < 0.5 ? stranger : agentId,
      slot,
      at: hand.at(),
      observations: [],
      signals: [],
    };
    const event = Event.agentRun(run, 99);
    inject({ stage: "risk", eventId: event.id, agentId, payload: Event.encode(event) });
  };

  const away = (): void => {
    store.leave();
    kernel.after(100 + 6_000 * dice.uniform() ** 2, store.comeBack);
  };

  const twoOwners = (): void => {
    const duty = dice.pick(duties);
    for (const worker of present()) worker.take(duty);
    kernel.after(3_000 * dice.uniform(), share);
  };

  const goBack = (): void => {
    const keeper = keepers[0];
    if (keeper === undefined) return;
    keeper.setBehind(dice.integer(1, 30));
    kernel.after(2_000 * dice.uniform(), () => keeper.setBehind(0));
  };

  /** By more than is let pass, up to two hours. */
  const runAhead = (): void => {
    const keeper = keepers[0];
    if (keeper === undefined) return;
    keeper.setAhead(dice.integer(ClockDifference.msMax + 1, 7_200_000));
    kernel.after(2_000 * dice.uniform(), () => keeper.setAhead(0));
  };

  const happen = (): void => {
    const there = present();
    const living = [...there, ...keepers];
    if (living.length > 0 && faults.strike("crash.anywhere")) dice.pick(living).process.kill();
    if (there.length > 1 && faults.strike("freeze.longer than every timeout")) freeze(dice.pick(present()));
    if (faults.strike("owners.two of one partition")) twoOwners();
    if (keepers.length === 1 && faults.strike("schedulers.two")) keepTime();
    if (faults.strike("clock.goes back")) goBack();
    if (faults.strike("clock.runs ahead")) runAhead();
    if (faults.strike("store.is away")) away();
    if (faults.strike("bus.forgets everything")) bus.forget();
    if (faults.strike("poison.cannot be decoded")) garble();
    if (faults.strike("poison.cannot be processed")) mislead();
  };

  const again = (): void => {
    if (isHealed) return;
    happen();
    kernel.after(EVERY_MS * (0.5 + dice.uniform()), again);
  };

  for (let n = 0; n < WORKERS; n++) hire();
  keepTime();
  kernel.after(EVERY_MS, again);

  return {
    poison,
    heal: () => {
      isHealed = true;
    },
  };
};
