import type { Id } from "@strom/core";
import { Event } from "@strom/core";
import type { DatabaseUnavailable, Ticking } from "@strom/core/ports";
import { AgentRoster, Database, EventBus, Journal, Timeline } from "@strom/core/ports";
import { Effect, Stream } from "effect";
import * as Beat from "./Beat.ts";
import * as ClockGuard from "./ClockGuard.ts";
import * as Crowd from "./Crowd.ts";
import { Publisher } from "./Publisher.ts";
import * as Tally from "./Tally.ts";
import * as Tell from "./Tell.ts";
import * as Trace from "./Trace.ts";

/**
 * Says when: one tick an agent and slot. A tick is named by its slot and the journal takes a name once, so two
 * schedulers at the same time, or one that died halfway and began again, tick nobody twice.
 */
export interface Options {
  /** Ticks are gathered this long, so that many agents share one transaction. */
  readonly gatherMs: number;
  /** One looks this often whether an agent was changed; a change that is told of is seen at once. */
  readonly refreshMs: number;
  /** The roster is read again at least this often, whatever one was told. */
  readonly rereadMs: number;
  /** How long after its instant a slot is ticked, so that prices of that instant have arrived. */
  readonly settleMs: number;
  /** How often one looks whether ticks are waited for, or only wait. */
  readonly lookMs: number;
}

export const standard: Options = {
  gatherMs: 100,
  refreshMs: 2_000,
  rereadMs: 60_000,
  settleMs: 0,
  lookMs: 250,
};

/** A slot that has begun and was not ticked. */
export interface Due {
  readonly agentId: Id.AgentId;
  readonly frequencySeconds: number;
  readonly slot: number;
  readonly at: number;
  /** Slots of its running time between the last tick and this one: only the newest is ticked. */
  readonly missed: number;
}

export interface Scheduler {
  /** Reads who is running. */
  readonly refresh: Effect.Effect<void, DatabaseUnavailable>;
  /** Looks where the stages are behind: until they have caught up, agents there are not ticked, and miss slots. */
  readonly look: Effect.Effect<void, DatabaseUnavailable>;
  /** Whether some agents are not ticked, as last looked at. */
  readonly isHolding: () => boolean;
  /** Ticks everything due at this instant and answers how many ticks are new; none while this clock is ahead. */
  readonly tick: (nowAt: number) => Effect.Effect<number, DatabaseUnavailable>;
  /** The earliest instant at which something will be due; `null` when nobody runs. */
  readonly nextAt: () => number | null;
  /** Who is running, as last read. */
  readonly roster: () => ReadonlyArray<Ticking>;
}

export const make = Effect.gen(function* () {
  const roster = yield* AgentRoster;
  const journal = yield* Journal;
  const database = yield* Database;
  const timeline = yield* Timeline;
  const publisher = yield* Publisher;
  const crowd = yield* Crowd.make;
  const isAhead = yield* ClockGuard.make("the scheduler", "nobody is ticked");
  let beats = new Map<Id.AgentId, Beat.Beat>();

  const refresh = Effect.gen(function* () {
    const next = new Map<Id.AgentId, Beat.Beat>();
    const sight = { nowAt: yield* timeline.now, isReplay: timeline.isReplay };
    for (const ticking of yield* roster.running) {
      const phaseMs = timeline.phaseMs(ticking.agentId, ticking.frequencySeconds);
      next.set(ticking.agentId, Beat.make(ticking, phaseMs, beats.get(ticking.agentId), sight));
    }
    beats = next;
    crowd.count([...next.keys()]);
  });

  const due = (nowAt: number): ReadonlyArray<Due> => {
    const found: Array<Due> = [];
    for (const beat of beats.values()) {
      const slot = Beat.slotAt(beat, nowAt);
      if (slot <= beat.lastSlot || crowd.isIn(beat.ticking.agentId)) continue;
      const missed = slot - beat.lastSlot - 1 + beat.owed;
      const { agentId, frequencySeconds } = beat.ticking;
      found.push({ agentId, frequencySeconds, slot, at: Beat.startAt(beat, slot), missed });
    }
    return found;
  };

  const write = (found: ReadonlyArray<Due>, nowAt: number) =>
    database.transaction(
      Effect.gen(function* () {
        if (yield* isAhead(nowAt)) return null;
        const ticks = found.map((one) => Event.agentTick(one));
        const late = ticks.filter(({ missed }) => missed > 0);
        // Accounts are locked before the journal's heads, here as everywhere; so this comes first …
        yield* roster.miss(late.map(({ agentId, missed }) => ({ agentId, slots: missed })));
        const rows = yield* journal.append(ticks.map((tick) => Tell.entry(tick, database.partitions)));
        const isNew = new Set<string>(rows.map(({ eventId }) => eventId));
        // … and what another scheduler had already ticked, and counted, is taken back.
        const known = late.filter(({ id }) => !isNew.has(id));
        yield* roster.miss(known.map(({ agentId, missed }) => ({ agentId, slots: -missed })));
        return { rows, ticks: ticks.filter(({ id }) => isNew.has(id)) };
      }),
    );

  const tick = Effect.fnUntraced(function* (nowAt: number) {
    const found = due(nowAt);
    if (found.length === 0) return 0;
    const written = yield* write(found, nowAt);
    if (written === null) return 0;
    const { rows, ticks } = written;
    const done = Effect.sync(() => {
      for (const { agentId, slot } of found) {
        const beat = beats.get(agentId);
        if (beat !== undefined) Beat.tick(beat, slot);
      }
    });
    // The replay ticks inside a transaction of its own: nothing has happened before that commits.
    yield* database.afterCommit(
      done.pipe(
        Effect.andThen(publisher.tell(rows)),
        Effect.andThen(Tally.count(ticks)),
        Effect.andThen(Trace.tell(ticks, nowAt)),
      ),
    );
    return ticks.length;
  });

  const nextAt = (): number | null => {
    let earliest: number | null = null;
    for (const beat of beats.values()) {
      const at = Beat.startAt(beat, beat.lastSlot + 1);
      if (earliest === null || at < earliest) earliest = at;
    }
    return earliest;
  };

  const scheduler: Scheduler = {
    refresh,
    look: crowd.look,
    isHolding: crowd.isAny,
    tick,
    nextAt,
    roster: () => [...beats.values()].map(({ ticking }) => ticking),
  };
  return scheduler;
});

/** Ticks by the timeline until interrupted; a transaction that has begun is finished first. */
export const run = Effect.fnUntraced(function* (options: Options) {
  const scheduler = yield* make;
  const timeline = yield* Timeline;
  const bus = yield* EventBus;
  const roster = yield* AgentRoster;
  let isStale = true;
  let changes = -1;
  let readAt = Number.NEGATIVE_INFINITY;
  let askedAt = Number.NEGATIVE_INFINITY;
  let lookedAt = Number.NEGATIVE_INFINITY;

  yield* bus.watch(["agent.changed"]).pipe(
    Stream.runForEach(() => Effect.sync(() => (isStale = true))),
    Effect.catchCause((cause) => Effect.logDebug("the bus went away", cause)),
    Effect.andThen(Effect.sleep("1 second")),
    Effect.forever,
    Effect.forkScoped,
  );

  /** Whether the roster is to be read: it changed, or this scheduler was away, and another may have ticked since. */
  const isOld = Effect.fnUntraced(function* (nowAt: number) {
    const awayMs = Math.abs(nowAt - askedAt);
    if (isStale || awayMs >= 2 * options.refreshMs || nowAt - readAt >= options.rereadMs) return true;
    if (awayMs < options.refreshMs) return false;
    askedAt = nowAt;
    return (yield* roster.changes) !== changes;
  });

  const beat = Effect.gen(function* () {
    const nowAt = (yield* timeline.now) - options.settleMs;
    if (yield* isOld(nowAt)) {
      isStale = false;
      changes = yield* roster.changes;
      yield* scheduler.refresh;
      readAt = nowAt;
      askedAt = nowAt;
    }
    // A timeline may wait for the very tick that is held back, so what is held is looked after however late it is.
    if (scheduler.isHolding() || Math.abs(nowAt - lookedAt) >= options.lookMs) {
      yield* scheduler.look;
      lookedAt = nowAt;
    }
    const nextAt = scheduler.nextAt();
    if (nextAt !== null && nextAt <= nowAt) yield* scheduler.tick(nowAt);
  }).pipe(
    Effect.uninterruptible,
    // Who could not write cannot know what others wrote meanwhile.
    Effect.tapError(() => Effect.sync(() => (isStale = true))),
    Effect.catch((error) =>
      Effect.andThen(Effect.logWarning("the scheduler waits", error.message), Effect.sleep("500 millis")),
    ),
  );

  return yield* beat.pipe(Effect.andThen(Effect.sleep(options.gatherMs)), Effect.forever);
}, Effect.scoped);
