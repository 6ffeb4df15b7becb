import type { Id, Run } from "@strom/core";
import { Catalog, Engine, Event } from "@strom/core";
import type { Remembered, Resident, RunRecord, Window } from "@strom/core/ports";
import { PriceBook, RuntimeStore, Timeline } from "@strom/core/ports";
import { Effect, Metric } from "effect";
import * as Metrics from "../Metrics.ts";
import type * as Stage from "./Stage.ts";

/** A tick of an agent that is still running. */
interface Due {
  readonly tick: Event.AgentTick;
  readonly resident: Resident;
}

const isTick = (event: Event.Event): event is Event.AgentTick => event._tag === "agent.tick";

/** The bar of a slot is that of the interval which ends at it. */
const windowsOf = ({ tick, resident }: Due): ReadonlyArray<Window> =>
  [...resident.spec.symbols, ...resident.leftOver].map((symbol) => ({
    symbol,
    from: tick.at - tick.frequencySeconds * 1000,
    to: tick.at,
  }));

/** Symbols that were priced and of which some strategy remembers nothing yet. */
const unknown = (resident: Resident, observations: ReadonlyArray<Run.Observation>): ReadonlyArray<string> => {
  const symbols = new Set(observations.map(({ bar }) => bar.symbol));
  return resident.spec.symbols.filter(
    (symbol) =>
      symbols.has(symbol) &&
      resident.spec.strategies.some(({ strategyId }) => resident.memory[strategyId]?.[symbol] === undefined),
  );
};

/** Strategies of the agent that are not in this process's catalog, by key. */
const strange = (catalog: Catalog.Catalog, { spec }: Resident): ReadonlyArray<string> =>
  spec.strategies
    .filter(({ strategyId }) => Catalog.findById(catalog, strategyId) === undefined)
    .map(({ key }) => key);

/** What the run changed: states are values, so what was not stepped is the very same one. */
const changes = (before: Engine.Memory, after: Engine.Memory): ReadonlyArray<Remembered> =>
  Object.entries(after).flatMap(([strategyId, states]) =>
    Object.entries(states)
      .filter(([symbol, state]) => before[strategyId]?.[symbol] !== state)
      .map(([symbol, state]) => ({ strategyId: strategyId as Id.StrategyId, symbol, state })),
  );

/** Consumes ticks: builds the bars of the slot, asks the strategies, records both. */
export const make = (catalog: Catalog.Catalog) =>
  Effect.gen(function* () {
    const store = yield* RuntimeStore;
    const book = yield* PriceBook;
    const timeline = yield* Timeline;

    const observe = Effect.fnUntraced(function* (due: ReadonlyArray<Due>) {
      const windows = due.map(windowsOf);
      const glimpses = yield* book.look(windows.flat());
      let next = 0;
      return windows.map((own) =>
        own.flatMap((): ReadonlyArray<Run.Observation> => {
          const glimpse = glimpses[next++];
          return glimpse === null || glimpse === undefined ? [] : [glimpse];
        }),
      );
    });

    /** Strategies that begin are shown the past first, so that they need not wait to speak. */
    const warm = Effect.fnUntraced(function* (
      { tick, resident }: Due,
      observations: ReadonlyArray<Run.Observation>,
    ) {
      const symbols = unknown(resident, observations);
      if (symbols.length === 0) return { memory: resident.memory, warmup: null };
      const intervalMs = tick.frequencySeconds * 1000;
      const count = Engine.warmupBars(resident.spec, catalog);
      const past = yield* book.history(symbols, intervalMs, tick.at - intervalMs, count);
      const warmup = Object.fromEntries(symbols.map((symbol) => [symbol, past.get(symbol) ?? []]));
      return { memory: Engine.warmup(resident.spec, catalog, resident.memory, warmup), warmup };
    });

    const fail = Effect.fnUntraced(function* (tick: Event.AgentTick, error: string) {
      const failedAt = yield* timeline.now;
      const { agentId, slot, at, id: tickId } = tick;
      yield* store.fail({ agentId, slot, at, tickId, failedAt, error });
    });

    /**
     * An agent of a strategy that only other processes have is not at fault: its slots fail as long as they fall to
     * this process, and it goes on running.
     */
    const said = new Set<string>();
    const passOver = Effect.fnUntraced(function* ({ tick, resident }: Due) {
      const keys = strange(catalog, resident).join(", ");
      const error = `the process it fell to does not have its strategy ${keys}`;
      yield* fail(tick, error);
      yield* Metric.update(Metrics.notForUs("runtime"), 1);
      const name = `${tick.agentId} ${keys}`;
      if (said.has(name)) return;
      said.add(name);
      yield* Effect.logError(
        `agent ${tick.agentId} asks for ${keys}, which this process does not have: its slots fail while they fall to it (STROM_STRATEGIES, or an older version)`,
      );
    });

    const handle = Effect.fnUntraced(function* (events: ReadonlyArray<Event.Event>) {
      const ticks = events.filter(isTick);
      const residents = yield* store.load([...new Set(ticks.map(({ agentId }) => agentId))]);
      const nowAt = yield* timeline.now;
      const all = ticks.flatMap((tick): ReadonlyArray<Due> => {
        const resident = residents.get(tick.agentId);
        return resident?.isRunning === true ? [{ tick, resident }] : [];
      });
      const isOurs = ({ resident }: Due): boolean => strange(catalog, resident).length === 0;
      const due = all.filter(isOurs);
      for (const one of all) if (!isOurs(one)) yield* passOver(one);
      const seen = yield* observe(due);

      // One agent may be due twice in a batch: its memory goes on from run to run.
      const memories = new Map<Id.AgentId, Engine.Memory>();
      const records: Array<Omit<RunRecord, "completedAt">> = [];
      for (const [index, { tick, resident }] of due.entries()) {
        const observations = seen[index] ?? [];
        const known = memories.get(tick.agentId) ?? resident.memory;
        const { memory, warmup } = yield* warm(
          { tick, resident: { ...resident, memory: known } },
          observations,
        );
        const [after, run] = Engine.decide(resident.spec, catalog, memory, tick, observations);
        memories.set(tick.agentId, after);
        records.push({
          run,
          configVersion: resident.configVersion,
          tickId: tick.id,
          // A replay's clock may run in another process; it stood at the tick when it gave it.
          startedAt: Math.max(nowAt, tick.at),
          warmup,
          memory: changes(known, after),
        });
      }
      const completedAt = yield* timeline.now;
      yield* store.save(
        records.map((record) => ({ ...record, completedAt: Math.max(completedAt, record.startedAt) })),
      );
      return records.flatMap(
        ({ run, configVersion }): ReadonlyArray<Event.Event> => [
          Event.agentRun(run, configVersion),
          ...run.signals.map((signal) => Event.signalCreated(run.at, signal)),
        ],
      );
    });

    const bury = Effect.fnUntraced(function* (event: Event.Event, error: string) {
      if (isTick(event)) yield* fail(event, error);
    });

    const definition: Stage.Definition = { stage: "runtime", topic: "agent.tick", handle, bury };
    return definition;
  });
