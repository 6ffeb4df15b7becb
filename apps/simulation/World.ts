import * as MemoryRecord from "@strom/adapters/memory/MemoryRecord.ts";
import * as MemoryStores from "@strom/adapters/memory/MemoryStores.ts";
import type { Event } from "@strom/core";
import { Id, Slot } from "@strom/core";
import { Timeline } from "@strom/core/ports";
import { Effect, Layer } from "effect";
import * as Publisher from "../pipeline/Publisher.ts";
import * as Dice from "./Dice.ts";
import * as Faults from "./Faults.ts";
import * as FaultyBus from "./FaultyBus.ts";
import * as FaultyStore from "./FaultyStore.ts";
import * as Hand from "./Hand.ts";
import type { Process } from "./Kernel.ts";
import * as Kernel from "./Kernel.ts";
import * as Scenario from "./Scenario.ts";
import * as Trace from "./Trace.ts";

/** What one run of a simulation is made of. */
export interface Options {
  readonly seed: number;
  readonly seconds: number;
  readonly plan: Faults.Plan;
  /** Keeps what happened in words. */
  readonly isTold: boolean;
}

export const make = ({ seed, seconds, plan, isTold }: Options) => {
  const scenario = Scenario.make(seed, seconds);
  const trace = Trace.make(isTold);
  const kernel = Kernel.make(seed, 0);
  const faults = Faults.make(seed, plan, kernel.now, trace);
  /** The agents' time: it goes from second to second, and on only when every slot of a second was ticked. */
  const hand = Hand.make(scenario.beginAt - 1);
  const record = MemoryRecord.make({ partitions: scenario.partitions, now: hand.at });
  const part = (name: string) => ({ kernel, record, dice: Dice.make(seed, name), faults, trace });
  const store = FaultyStore.make(part("store"));
  const bus = FaultyBus.make(part("bus"));

  /** Everything a process of the pipeline asks for. Its clock may be wrong. */
  const house = (process: Process, clock: () => number = hand.at) =>
    Publisher.layer(Publisher.brokered).pipe(
      Layer.provideMerge(MemoryStores.layer),
      Layer.provideMerge(Layer.mergeAll(store.connect(process), bus.connect(process))),
      Layer.provideMerge(
        Layer.succeed(
          Timeline,
          Timeline.of({
            now: Effect.sync(clock),
            phaseMs: Slot.phaseMs,
            isReplay: false,
          }),
        ),
      ),
    );

  const tickOf = (agentId: Id.AgentId, frequencySeconds: number): string =>
    `${"agent.tick" satisfies Event.Topic}/${Id.tick(agentId, Slot.at(agentId, frequencySeconds, hand.at()))}`;

  /** Whether the newest slot of every running agent has its tick, for good. */
  const isTicked = (): boolean =>
    !record.isOpen() &&
    [...record.agents.values()].every(({ id, status, frequencySeconds }) => {
      if (status !== "RUNNING") return true;
      const startAt = Slot.startMs(id, frequencySeconds, Slot.at(id, frequencySeconds, hand.at()));
      const starts = (record.transitions.get(id) ?? []).filter(
        ({ from, to }) => to === "RUNNING" && from !== "RUNNING",
      );
      const since = starts.at(-1)?.at ?? 0;
      return startAt < since || record.events.has(tickOf(id, frequencySeconds));
    });

  /** Whether every stage has read everything, and nobody is at it. */
  const isAtRest = (): boolean =>
    store.isIdle() &&
    [...record.lanes.values()].every(({ topic, partition, tail, rows }) =>
      stagesOf(topic).every((stage) => {
        const position = record.cursors.get(`${stage}/${topic}/${partition}`)?.position ?? 0;
        return position === tail + rows.length;
      }),
    );

  return {
    seed,
    seconds,
    scenario,
    trace,
    kernel,
    faults,
    hand,
    record,
    store,
    bus,
    house,
    isTicked,
    isAtRest,
  };
};

export type World = ReturnType<typeof make>;

/** Which stage reads which topic. */
export const topics = {
  runtime: "agent.tick",
  risk: "agent.run",
  execution: "order.intent",
} as const satisfies Record<string, Event.Topic>;

const stagesOf = (topic: string): ReadonlyArray<string> =>
  Object.entries(topics).flatMap(([stage, read]) => (read === topic ? [stage] : []));
