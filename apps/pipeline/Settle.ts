import { Event } from "@strom/core";
import type { Row } from "@strom/core/ports";
import {
  AgentRoster,
  CursorMoved,
  Database,
  DatabaseUnavailable,
  EventsUnknown,
  Journal,
} from "@strom/core/ports";
import { Cause, Clock, Effect, Exit, Metric, Random, Result } from "effect";
import * as Metrics from "../Metrics.ts";
import * as Batch from "./Batch.ts";
import type { Definition } from "./Definition.ts";
import * as Poison from "./Poison.ts";
import { Publisher } from "./Publisher.ts";
import * as Tally from "./Tally.ts";
import * as Tell from "./Tell.ts";
import * as Trace from "./Trace.ts";

/** Cancelled because a statement, or the wait between two, went on for too long. */
const isOutOfTime = ({ sqlState }: DatabaseUnavailable): boolean =>
  sqlState === "57014" || sqlState === "25P03";

/** Somewhere between a tenth of a second and a whole one, so that rivals part ways. */
export const pause = Effect.flatMap(Random.next, (share) => Effect.sleep(100 + share * 900));

/**
 * How a stage does a batch: in one transaction, or, when that fails, as the failure asks. Afterwards each of its
 * partitions stands behind its rows, or knows that it is lost. Never fails.
 */
export const make = Effect.fnUntraced(function* (definition: Definition, failuresMax: number) {
  const { stage, topic } = definition;
  const journal = yield* Journal;
  const database = yield* Database;
  const roster = yield* AgentRoster;
  const publisher = yield* Publisher;
  const batchSize = Metrics.batchSize(stage);
  const duration = Metrics.stageDuration(stage);

  /** The newest release whose events were met here. */
  let newest: number = Event.VERSION;
  const leave = Effect.fnUntraced(function* ({ lane }: Batch.Slice, error: Event.EventNewer) {
    lane.leftAt = yield* Clock.currentTimeMillis;
    yield* Metric.update(Metrics.notForUs(stage), 1);
    if (error.version <= newest) return;
    newest = error.version;
    yield* Effect.logError(`${stage} waits for a newer STROM to take over from this one: ${error.message}`);
  });

  const advance = (batch: Batch.Batch) =>
    journal.advance(
      // From the rows themselves: whatever the lane believes, no row is passed that was not worked on.
      batch.map(({ lane: { cursor, position }, rows }) => {
        const from = rows[0]?.offset ?? position;
        const events = rows.map(({ eventId }) => eventId);
        return { ...cursor, from, to: from + rows.length, events };
      }),
    );

  const commit = (batch: Batch.Batch) =>
    database.transaction(
      Effect.gen(function* () {
        yield* advance(batch);
        const told = yield* definition.handle(batch.flatMap(({ rows }) => rows.map(Tell.event)));
        const rows = yield* journal.append(told.map((event) => Tell.entry(event, database.partitions)));
        return { told, rows };
      }),
    );

  /** Puts one event aside: its cursor passes it, the letter and its consequences are written with that. */
  const bury = (lane: Batch.Lane, row: Row, error: string) =>
    database.transaction(
      Effect.gen(function* () {
        yield* advance([{ lane, rows: [row] }]);
        yield* journal.deadLetter([{ ...lane.cursor, row, error }]);
        const event = Event.decode(row.payload);
        if (Result.isFailure(event)) {
          if (definition.buryUnread !== undefined) yield* definition.buryUnread(row);
          return [];
        }
        if (event.success._tag === "market.tick") return [];
        yield* definition.bury(event.success, error);
        const { agentId } = event.success;
        const at = yield* Clock.currentTimeMillis;
        const failure = { ...lane.cursor, agentId, offset: row.offset, error, at };
        const fallen = yield* roster.fail(failure, failuresMax);
        if (fallen === null) return [];
        const changed = Event.agentChanged({ agentId, at, to: "ERROR", ...fallen });
        return yield* journal.append([Tell.entry(changed, database.partitions)]);
      }),
    );

  /** What a failed transaction means for its batch: someone was here, wait, or less of it. */
  const recover = Effect.fnUntraced(function* (batch: Batch.Batch, cause: Cause.Cause<unknown>) {
    const error = Cause.squash(cause);
    if (error instanceof CursorMoved) {
      yield* Effect.logDebug(error.message);
      return Batch.retreat(batch);
    }
    if (error instanceof EventsUnknown) {
      yield* Effect.logWarning(error.message);
      // All of it, of every partition: what else was told of that history is as unknown.
      for (const { lane } of batch) lane.inbox.forget(lane.inbox.ahead(0));
      return Batch.retreat(batch);
    }
    if (error instanceof DatabaseUnavailable) {
      yield* Effect.logWarning(`${stage} waits`, error.message);
      yield* pause;
      // What took too long may be quick enough by halves.
      if (!isOutOfTime(error) || Batch.sizeOf(batch) < 2) return Batch.retreat(batch);
    } else if (error instanceof Event.EventNewer) {
      // What is before it, and other partitions, go on.
      if (Batch.sizeOf(batch) < 2) {
        for (const slice of batch) yield* leave(slice, error);
        return Batch.retreat(batch);
      }
    } else if (!Poison.isPoison(cause)) {
      if (!Cause.hasInterrupts(cause)) {
        yield* Effect.logError(`${stage} cannot work`, cause);
        yield* pause;
      }
      return Batch.retreat(batch);
    }
    const [first, second] = Batch.halve(batch);
    if (Batch.sizeOf(first) > 0) {
      yield* settle(first);
      // The rest continues the first half only if that got through.
      if (first.some(({ lane }) => lane.isLost)) return Batch.retreat(second);
      return yield* settle(second);
    }
    const slice = second[0];
    const row = slice?.rows[0];
    if (slice === undefined || row === undefined) return;
    const why = Poison.reason(cause);
    yield* Effect.logWarning(`${stage} put ${topic} ${row.eventId} aside`, why);
    const buried = yield* Effect.exit(bury(slice.lane, row, why));
    if (Exit.isFailure(buried)) {
      const error = Cause.squash(buried.cause);
      if (!(error instanceof CursorMoved || error instanceof EventsUnknown)) {
        yield* Effect.logError(`${stage} could not put ${topic} ${row.eventId} aside`, buried.cause);
        yield* pause;
      }
      // Should the bus have brought something else than the journal holds, the journal is right.
      slice.lane.inbox.forget(slice.lane.inbox.ahead(0));
      return Batch.retreat(second);
    }
    Batch.pass(second);
    yield* Metric.update(Metrics.deadLetters, 1);
    yield* publisher.tell(buried.value);
  });

  const settle: (batch: Batch.Batch) => Effect.Effect<void> = Effect.fnUntraced(function* (
    batch: Batch.Batch,
  ) {
    const startedAt = yield* Clock.currentTimeMillis;
    const exit = yield* Effect.exit(commit(batch));
    if (Exit.isFailure(exit)) return yield* recover(batch, exit.cause);
    Batch.pass(batch);
    yield* publisher.tell(exit.value.rows);
    yield* Metric.update(batchSize, Batch.sizeOf(batch));
    yield* Metric.update(duration, ((yield* Clock.currentTimeMillis) - startedAt) / 1000);
    yield* Tally.count(exit.value.told);
    yield* Trace.tell(exit.value.told, startedAt);
  });

  return settle;
});
