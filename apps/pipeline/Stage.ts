import { EventBus, Journal } from "@strom/core/ports";
import { Clock, Effect, Latch } from "effect";
import * as Batch from "./Batch.ts";
import type { Definition } from "./Definition.ts";
import * as Hearing from "./Hearing.ts";
import { Publisher } from "./Publisher.ts";
import * as Settle from "./Settle.ts";

export type { Definition } from "./Definition.ts";

export interface Options {
  /** Events at most in one transaction. */
  readonly batchMax: number;
  /** How often the journal is asked whether the bus has kept something back of a partition that is silent. */
  readonly quietMs: number;
  readonly hearing: Hearing.Options;
  /** Dead letters of one agent and stage, one after the other, that take the agent to ERROR. */
  readonly failuresMax: number;
}

export const standard: Options = { batchMax: 512, quietMs: 2_000, hearing: Hearing.standard, failuresMax: 5 };

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
  const publisher = yield* Publisher;
  const wake = yield* Latch.make(false);
  const settle = yield* Settle.make(definition, options.failuresMax);
  const lanes: Array<Batch.Lane> = [];
  const leaving = new Map<Batch.Lane, Latch.Latch>();
  let isOver = false;
  const over = Effect.sync(() => {
    isOver = true;
  });

  /** Whether its cursor, and not only what is believed of it, stands before the oldest row there is. Nobody passes that. */
  const said = new Set<string>();
  const isStuck = Effect.fnUntraced(function* ({ cursor }: Batch.Lane, oldest: number) {
    const position = yield* journal.position(cursor);
    if (position >= oldest) return false;
    const where = `${topic}/${cursor.partition}`;
    if (said.has(`${where} ${position}`)) return true;
    said.add(`${where} ${position}`);
    yield* Effect.logError(
      `${stage} cannot go on in ${where}: it stands at offset ${position}, and the oldest row there is has ${oldest}. Move its row of cursors there to do without what is gone`,
    );
    return true;
  });

  const takeFrom = Effect.fnUntraced(function* (lane: Batch.Lane, room: number) {
    if (lane.leftAt !== null && Batch.isResting(lane, yield* Clock.currentTimeMillis)) return [];
    if (lane.isLost) {
      lane.position = yield* journal.position(lane.cursor);
      lane.isLost = false;
    }
    const rows = lane.inbox.take(lane.position, room);
    if (rows.length > 0) return rows;
    if (!lane.isBehind && !lane.inbox.hasGap(lane.position)) return rows;
    // What is told while the journal is read may not be in what it answers.
    const ahead = lane.inbox.ahead(lane.position);
    lane.isBehind = false;
    const missed = yield* journal
      .read(topic, lane.cursor.partition, lane.position, room)
      .pipe(Effect.tapCause(() => Effect.sync(() => (lane.isBehind = true))));
    const oldest = missed[0]?.offset ?? 0;
    if (oldest > lane.position && (yield* isStuck(lane, oldest))) return [];
    lane.found += missed.length;
    if (missed.length === room) lane.isBehind = true;
    // What is ahead of the journal is not of this journal.
    if (missed.length === 0) lane.inbox.forget(ahead);
    return missed;
  });

  let turns = 0;
  const gather = Effect.gen(function* () {
    const batch: Array<Batch.Slice> = [];
    let room = options.batchMax;
    turns += 1;
    // A partition that joins meanwhile waits for the next turn: with it the others would be counted anew, and one twice.
    const present = [...lanes];
    for (let i = 0; i < present.length && room > 0; i++) {
      const lane = present[(turns + i) % present.length];
      if (lane === undefined) continue;
      const rows = yield* takeFrom(lane, room).pipe(
        // What was read of the others goes with this batch, and nobody would tell of it again.
        Effect.tapCause(() => Effect.sync(() => Batch.retreat(batch))),
      );
      room -= rows.length;
      if (rows.length > 0) batch.push({ lane, rows });
    }
    return batch;
  });

  /** Only now: an acknowledgement must never be ahead of the commit. */
  const acknowledge = Effect.gen(function* () {
    for (const lane of lanes) {
      if (lane.isLost) continue;
      for (const ack of lane.inbox.settled(lane.position)) yield* ack;
    }
  });

  let lookedAt = yield* Clock.currentTimeMillis;
  const lookForMissed = Effect.gen(function* () {
    const silent = lanes.filter((lane) => lane.inbox.takeSilence());
    if (silent.length === 0) return;
    if (lanes.length === 1) {
      for (const lane of silent) {
        if ((yield* journal.head(topic, lane.cursor.partition)) !== lane.position) lane.isBehind = true;
      }
      return;
    }
    const lags = yield* journal.lag;
    for (const lane of silent) {
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
    const nowAt = yield* Clock.currentTimeMillis;
    if (Math.abs(nowAt - lookedAt) >= options.quietMs) {
      lookedAt = nowAt;
      yield* lookForMissed;
    }
    if (yield* turn) return;
    const leftMs = lookedAt + options.quietMs - (yield* Clock.currentTimeMillis);
    yield* Effect.timeoutOption(wake.await, Math.min(options.quietMs, Math.max(1, leftMs)));
  }).pipe(
    Effect.catch((error) => Effect.andThen(Effect.logWarning(`${stage} waits`, error.message), Settle.pause)),
    // A stage that dies is noticed by nobody, so it says what it met and goes on.
    Effect.catchDefect((defect) =>
      Effect.andThen(Effect.logError(`${stage} cannot work`, defect), Settle.pause),
    ),
    Effect.forever,
    Effect.ensuring(Effect.andThen(over, letGo)),
  );
  yield* Effect.forkScoped(loop);

  const join = (partition: number) =>
    Effect.sync(() => {
      const lane = Batch.lane({ stage, topic, partition });
      lanes.push(lane);
      wake.openUnsafe();
      return lane;
    });

  const leave = (lane: Batch.Lane) =>
    Effect.suspend(() => {
      if (isOver) return Effect.void;
      const gone = Latch.makeUnsafe(false);
      leaving.set(lane, gone);
      wake.openUnsafe();
      return gone.await;
    });

  const attend = (lane: Batch.Lane) =>
    Hearing.attend(lane, () => wake.openUnsafe(), options.hearing).pipe(
      Effect.provideService(EventBus, bus),
      Effect.provideService(Publisher, publisher),
    );
  const desk: Desk = { work: (partition) => Effect.acquireUseRelease(join(partition), attend, leave) };
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
