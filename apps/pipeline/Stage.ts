import { Event } from "@strom/core";
import type { Cursor, Row } from "@strom/core/ports";
import {
  AgentRoster,
  CursorMoved,
  Database,
  DatabaseUnavailable,
  EventBus,
  Journal,
} from "@strom/core/ports";
import { Cause, Clock, Effect, Exit, Latch, Metric, Random, Result, Stream } from "effect";
import * as Metrics from "../Metrics.ts";
import * as Inbox from "./Inbox.ts";
import * as Poison from "./Poison.ts";
import { Publisher } from "./Publisher.ts";
import * as Tally from "./Tally.ts";
import * as Tell from "./Tell.ts";
import * as Trace from "./Trace.ts";

/**
 * One stage of the pipeline over some partitions of the topic it consumes. Everything it does to one batch is one
 * transaction that begins with its cursors and ends with what it tells; so a crash anywhere, a second owner, or a
 * commit whose outcome never arrived, leave each event processed once.
 */
export interface Definition {
  readonly stage: string;
  readonly topic: Event.Topic;
  /** Reads, decides, writes, inside the transaction; answers what to tell. May run again from its start. */
  readonly handle: (
    events: ReadonlyArray<Event.Event>,
  ) => Effect.Effect<ReadonlyArray<Event.Event>, DatabaseUnavailable>;
  /** What else is owed to the record when an event is put aside. Inside the transaction that does so. */
  readonly bury: (event: Event.Event, error: string) => Effect.Effect<void, DatabaseUnavailable>;
}

export interface Options {
  /** Events at most in one transaction. */
  readonly batchMax: number;
  /** Silence after which the journal is asked whether the bus has kept something back. */
  readonly quietMs: number;
  /** Dead letters of one agent and stage, one after the other, that take the agent to ERROR. */
  readonly failuresMax: number;
}

export const standard: Options = { batchMax: 512, quietMs: 2_000, failuresMax: 5 };

interface Lane {
  readonly cursor: Cursor;
  readonly inbox: Inbox.Inbox;
  /** The next offset, as far as we know. */
  position: number;
  /** Whether `position` must be asked for, because someone may have moved the cursor. */
  isLost: boolean;
  /** Whether the journal holds more than the bus brought. */
  isBehind: boolean;
}

/** Rows of one partition, without a gap. */
interface Slice {
  readonly lane: Lane;
  readonly rows: ReadonlyArray<Row>;
}

type Batch = ReadonlyArray<Slice>;

const sizeOf = (batch: Batch): number => batch.reduce((sum, { rows }) => sum + rows.length, 0);

/** The first half of a batch and the rest, each partition in its order. */
const halve = (batch: Batch): readonly [Batch, Batch] => {
  let room = Math.floor(sizeOf(batch) / 2);
  const first: Array<Slice> = [];
  const second: Array<Slice> = [];
  for (const { lane, rows } of batch) {
    const head = rows.slice(0, room);
    const tail = rows.slice(room);
    room -= head.length;
    if (head.length > 0) first.push({ lane, rows: head });
    if (tail.length > 0) second.push({ lane, rows: tail });
  }
  return [first, second];
};

const decode = (row: Row): Event.Event => Result.getOrThrowWith(Event.decode(row.payload), (error) => error);

/** A stage at work in this process. Its partitions share transactions, and may come and go while it works. */
export interface Desk {
  /** Works on a partition until interrupted, and answers only when the last batch that holds some of it is over. */
  readonly work: (partition: number) => Effect.Effect<never>;
}

/** Opens a stage for as long as the scope lives; a batch that has begun is finished first. */
export const open = Effect.fnUntraced(function* (definition: Definition, options: Options = standard) {
  const { stage, topic } = definition;
  const bus = yield* EventBus;
  const journal = yield* Journal;
  const database = yield* Database;
  const roster = yield* AgentRoster;
  const publisher = yield* Publisher;
  const wake = yield* Latch.make(false);
  const batchSize = Metrics.batchSize(stage);
  const duration = Metrics.stageDuration(stage);
  const lanes: Array<Lane> = [];
  const leaving = new Map<Lane, Latch.Latch>();
  let isOver = false;
  const over = Effect.sync(() => {
    isOver = true;
  });

  const listen = (lane: Lane) =>
    bus.subscribe(lane.cursor).pipe(
      Stream.runForEachArray((messages) =>
        Effect.sync(() => {
          for (const message of messages) lane.inbox.put(message);
          wake.openUnsafe();
        }),
      ),
      Effect.catchCause((cause) => Effect.logDebug("the bus went away", cause)),
      Effect.andThen(Effect.sleep("1 second")),
      Effect.forever,
    );

  const takeFrom = Effect.fnUntraced(function* (lane: Lane, room: number) {
    if (lane.isLost) {
      lane.position = yield* journal.position(lane.cursor);
      lane.isLost = false;
    }
    const rows = lane.inbox.take(lane.position, room);
    if (rows.length > 0) return rows;
    if (!lane.isBehind && !lane.inbox.hasGap(lane.position)) return rows;
    const missed = yield* journal.read(topic, lane.cursor.partition, lane.position, room);
    lane.isBehind = missed.length === room;
    // What is ahead of the journal is not of this journal.
    if (missed.length === 0) lane.inbox.clear();
    return missed;
  });

  let turns = 0;
  const gather = Effect.gen(function* () {
    const batch: Array<Slice> = [];
    let room = options.batchMax;
    turns += 1;
    for (let i = 0; i < lanes.length && room > 0; i++) {
      const lane = lanes[(turns + i) % lanes.length];
      if (lane === undefined) continue;
      const rows = yield* takeFrom(lane, room);
      room -= rows.length;
      if (rows.length > 0) batch.push({ lane, rows });
    }
    return batch;
  });

  const advance = Effect.fnUntraced(function* (batch: Batch) {
    for (const { lane, rows } of batch) {
      yield* journal.advance(lane.cursor, lane.position, lane.position + rows.length);
    }
  });

  const commit = (batch: Batch) =>
    database.transaction(
      Effect.gen(function* () {
        yield* advance(batch);
        const told = yield* definition.handle(batch.flatMap(({ rows }) => rows.map(decode)));
        const rows = yield* journal.append(told.map((event) => Tell.entry(event, database.partitions)));
        return { told, rows };
      }),
    );

  /** Puts one event aside: its cursor passes it, the letter and its consequences are written with that. */
  const bury = (lane: Lane, row: Row, error: string) =>
    database.transaction(
      Effect.gen(function* () {
        yield* advance([{ lane, rows: [row] }]);
        yield* journal.deadLetter([{ ...lane.cursor, row, error }]);
        const event = Event.decode(row.payload);
        if (Result.isFailure(event) || event.success._tag === "market.tick") return [];
        yield* definition.bury(event.success, error);
        const { agentId } = event.success;
        const at = yield* Clock.currentTimeMillis;
        const failure = { ...lane.cursor, agentId, offset: row.offset, error, at };
        const fallen = yield* roster.fail(failure, options.failuresMax);
        if (fallen === null) return [];
        const changed = Event.agentChanged({ agentId, at, to: "ERROR", ...fallen });
        return yield* journal.append([Tell.entry(changed, database.partitions)]);
      }),
    );

  const pass = (batch: Batch): void => {
    for (const { lane, rows } of batch) lane.position += rows.length;
  };

  const retreat = (batch: Batch): void => {
    for (const { lane } of batch) {
      lane.isLost = true;
      lane.isBehind = true;
    }
  };

  const pause = Effect.flatMap(Random.next, (share) => Effect.sleep(100 + share * 900));

  /** What a failed transaction means for its batch: someone was here, wait, or less of it. */
  const recover = Effect.fnUntraced(function* (batch: Batch, cause: Cause.Cause<unknown>) {
    const error = Cause.squash(cause);
    if (error instanceof CursorMoved) {
      yield* Effect.logDebug(error.message);
      return retreat(batch);
    }
    if (error instanceof DatabaseUnavailable) {
      yield* Effect.logWarning(`${stage} waits`, error.message);
      yield* pause;
      return retreat(batch);
    }
    if (!Poison.isPoison(cause)) {
      if (!Cause.hasInterrupts(cause)) {
        yield* Effect.logError(`${stage} cannot work`, cause);
        yield* pause;
      }
      return retreat(batch);
    }
    const [first, second] = halve(batch);
    if (sizeOf(first) > 0) {
      yield* settle(first);
      // The rest continues the first half only if that got through.
      if (first.some(({ lane }) => lane.isLost)) return retreat(second);
      return yield* settle(second);
    }
    const slice = second[0];
    const row = slice?.rows[0];
    if (slice === undefined || row === undefined) return;
    const why = Poison.reason(cause);
    yield* Effect.logWarning(`${stage} put ${topic} ${row.eventId} aside`, why);
    const buried = yield* Effect.exit(bury(slice.lane, row, why));
    if (Exit.isFailure(buried)) {
      if (!(Cause.squash(buried.cause) instanceof CursorMoved)) {
        yield* Effect.logError(`${stage} could not put ${topic} ${row.eventId} aside`, buried.cause);
        yield* pause;
      }
      return retreat(second);
    }
    pass(second);
    yield* Metric.update(Metrics.deadLetters, 1);
    yield* publisher.tell(buried.value);
  });

  const settle: (batch: Batch) => Effect.Effect<void> = Effect.fnUntraced(function* (batch: Batch) {
    const startedAt = yield* Clock.currentTimeMillis;
    const exit = yield* Effect.exit(commit(batch));
    if (Exit.isFailure(exit)) return yield* recover(batch, exit.cause);
    pass(batch);
    yield* publisher.tell(exit.value.rows);
    yield* Metric.update(batchSize, sizeOf(batch));
    yield* Metric.update(duration, ((yield* Clock.currentTimeMillis) - startedAt) / 1000);
    yield* Tally.count(exit.value.told);
    yield* Trace.tell(exit.value.told, startedAt);
  });

  /** Only now: an acknowledgement must never be ahead of the commit. */
  const acknowledge = Effect.gen(function* () {
    for (const lane of lanes) {
      if (lane.isLost) continue;
      for (const ack of lane.inbox.settled(lane.position)) yield* ack;
    }
  });

  const lookForMissed = Effect.gen(function* () {
    if (lanes.length === 1) {
      for (const lane of lanes) {
        if ((yield* journal.head(topic, lane.cursor.partition)) !== lane.position) lane.isBehind = true;
      }
      return;
    }
    const lags = yield* journal.lag;
    for (const lane of lanes) {
      const known = lags.find(
        (lag) => lag.stage === stage && lag.topic === topic && lag.partition === lane.cursor.partition,
      );
      if (known === undefined || known.position !== lane.position) lane.isLost = true;
      if (known === undefined || known.head !== known.position) lane.isBehind = true;
    }
  });

  /** Between two batches nobody holds a lane, so this is when it can go. */
  const letGo = Effect.sync(() => {
    for (const [lane, gone] of leaving) {
      lanes.splice(lanes.indexOf(lane), 1);
      gone.openUnsafe();
    }
    leaving.clear();
  });

  const turn = Effect.gen(function* () {
    wake.closeUnsafe();
    yield* letGo;
    const batch = yield* gather;
    if (batch.length > 0) {
      yield* settle(batch);
      yield* acknowledge;
      return true;
    }
    yield* acknowledge;
    return false;
  }).pipe(Effect.uninterruptible);

  const loop = Effect.gen(function* () {
    if (yield* turn) return;
    const woken = yield* Effect.timeoutOption(wake.await, options.quietMs);
    if (woken._tag === "None" && lanes.length > 0) yield* lookForMissed;
  }).pipe(
    Effect.catch((error) => Effect.andThen(Effect.logWarning(`${stage} waits`, error.message), pause)),
    // A stage that dies is noticed by nobody, so it says what it met and goes on.
    Effect.catchDefect((defect) => Effect.andThen(Effect.logError(`${stage} cannot work`, defect), pause)),
    Effect.forever,
    Effect.ensuring(Effect.andThen(over, letGo)),
  );
  yield* Effect.forkScoped(loop);

  const join = (partition: number) =>
    Effect.sync(() => {
      const lane: Lane = {
        cursor: { stage, topic, partition },
        inbox: Inbox.make(),
        position: 0,
        isLost: true,
        isBehind: true,
      };
      lanes.push(lane);
      wake.openUnsafe();
      return lane;
    });

  const leave = (lane: Lane) =>
    Effect.suspend(() => {
      if (isOver) return Effect.void;
      const gone = Latch.makeUnsafe(false);
      leaving.set(lane, gone);
      wake.openUnsafe();
      return gone.await;
    });

  const desk: Desk = { work: (partition) => Effect.acquireUseRelease(join(partition), listen, leave) };
  return desk;
});

/** Runs a stage over these partitions until interrupted; a batch that has begun is finished first. */
export const run = Effect.fnUntraced(function* (
  definition: Definition,
  partitions: ReadonlyArray<number>,
  options: Options = standard,
) {
  const desk = yield* open(definition, options);
  return yield* Effect.forEach(partitions, desk.work, { concurrency: "unbounded", discard: true }).pipe(
    Effect.andThen(Effect.never),
  );
}, Effect.scoped);
