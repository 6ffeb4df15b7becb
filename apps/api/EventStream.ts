import type { DatabaseUnavailable, FeedRow } from "@strom/core/ports";
import { Database, Journal, PositionInvalid } from "@strom/core/ports";
import type { Cause } from "effect";
import { Clock, Data, Duration, Effect, Option, Queue, Schedule, Stream } from "effect";

/** Rows read at once, and events that may wait for a client: one that falls further behind is closed. */
export const behindMax = 256;
/** How long a full buffer may stay full. */
const patience = Duration.seconds(5);
/** A comment keeps proxies from closing a quiet stream. */
const heartbeat = Duration.seconds(15);
/** What a closed client waits before it comes back, in ms. */
const retryMs = 1_000;
/** Reads are this far apart at least, so that a burst is read at once. */
const breath = Duration.millis(25);

/** An event's name is its topic on the wire. */
const topicOf = (row: FeedRow): string => (row.topic.startsWith("strom.") ? row.topic : `strom.${row.topic}`);

const render = (epoch: string, row: FeedRow): string =>
  `id: ${epoch}.${row.position}\nevent: ${topicOf(row)}\ndata: ${JSON.stringify(row.payload)}\n\n`;

/** An id without an event: a reader remembers it, and is told nothing. */
const place = (epoch: string, position: string): string => `id: ${epoch}.${position}\n\n`;

const retry = `retry: ${retryMs}\n\n`;
/** With the id of where all that follows is there: a client that comes back from here need not be told again. */
const reset = (epoch: string, position: string): string =>
  `id: ${epoch}.${position}\nevent: strom.stream.reset\ndata: {}\n\n`;

/** Where a stream begins: after a row, or now. */
export interface Start {
  readonly position: string;
  /**
   * Null, or from where on nothing is missing: what it was asked to follow is not of this journal, lies ahead of it,
   * or retention has removed rows after it. What the client knows may then be out of date, and it must read anew.
   */
  readonly resetTo: string | null;
}

/** A journal's name is a UUID. */
const isEpoch = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reads an event id back: this journal's own, another journal's, or none at all. */
export const start = Effect.fnUntraced(function* (lastEventId: string | undefined) {
  const journal = yield* Journal;
  const { epoch } = yield* Database;
  if (lastEventId === undefined || lastEventId === "") {
    return { position: yield* journal.feedNow, resetTo: null };
  }
  const dot = lastEventId.lastIndexOf(".");
  if (!isEpoch.test(lastEventId.slice(0, Math.max(0, dot)))) {
    return yield* new PositionInvalid({ input: lastEventId });
  }
  const position = lastEventId.slice(dot + 1);
  if (lastEventId.slice(0, dot) !== epoch || (yield* journal.isAhead(position))) {
    const now = yield* journal.feedNow;
    return { position: now, resetTo: now };
  }
  // Refused here, where the caller can be told, instead of in the stream. What is still kept is told all the same.
  return { position, resetTo: yield* journal.gapAfter(position) };
});

/** Whoever reads may not read on. */
export class NoLonger extends Data.TaggedError("NoLonger") {}

export interface Source {
  readonly start: Start;
  /** Whose events. Asked again around every read: an agent made in between must not be jumped over. */
  readonly agentIds: Effect.Effect<ReadonlyArray<string>, DatabaseUnavailable | NoLonger>;
  /** Returns when something may have happened, or after a while. */
  readonly wait: (idleReads: number) => Effect.Effect<void>;
}

const sameIds = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): boolean =>
  a.length === b.length && a.every((id, index) => id === b[index]);

/** The rows after a position, of agents that were all of them while the rows were read. */
const readOn = Effect.fnUntraced(function* (source: Source, position: string) {
  const journal = yield* Journal;
  let agentIds = yield* source.agentIds;
  while (true) {
    const found = yield* journal.feed(position, behindMax, agentIds);
    const now = yield* source.agentIds;
    if (sameIds(agentIds, now)) return found;
    agentIds = now;
  }
});

/** Reads on for ever, or until the reader of the queue does not keep up. */
const follow = Effect.fnUntraced(function* (source: Source, queue: Queue.Enqueue<string, Cause.Done>) {
  const { epoch } = yield* Database;
  let position = source.start.position;
  let gapTo = source.start.resetTo;
  let idleReads = 0;
  let toldAt = yield* Clock.currentTimeMillis;
  const tell = (text: string) => Effect.timeoutOption(Queue.offer(queue, text), patience);
  while (true) {
    const found = yield* readOn(source, position);
    const nowAt = yield* Clock.currentTimeMillis;
    const isLongAgo = nowAt - toldAt >= Duration.toMillis(heartbeat) && found.position !== position;
    const texts = found.rows.map((row) => render(epoch, row));
    // Retention overtook a reader that was slow, or a position that nothing happened after.
    if (found.gapTo !== null && found.gapTo !== gapTo) texts.unshift(reset(epoch, found.gapTo));
    gapTo = found.gapTo;
    // To whom nothing happened for long, the world went on: who comes back need not look through it again.
    if (texts.length === 0 && isLongAgo) texts.push(place(epoch, found.position));
    for (const text of texts) if (Option.isNone(yield* tell(text))) return;
    if (texts.length > 0) toldAt = nowAt;
    position = found.position;
    idleReads = found.rows.length === 0 ? idleReads + 1 : 0;
    if (!found.isMore) yield* source.wait(idleReads);
    yield* Effect.sleep(breath);
  }
});

/**
 * Every event of the source after its start, as text of an event stream, each once and in the journal's order. It
 * ends, with a hint to come back, when the reader does not keep up, may not read on, or the database does not answer:
 * the last id the reader saw is all that is needed to go on.
 */
export const make = (source: Source): Stream.Stream<string, never, Journal | Database> =>
  Stream.callback<string, never, Journal | Database>(
    (queue) =>
      Effect.gen(function* () {
        const { resetTo } = source.start;
        const { epoch } = yield* Database;
        yield* Queue.offer(queue, resetTo === null ? ": strom\n\n" : reset(epoch, resetTo));
        yield* Queue.offer(queue, ": still here\n\n").pipe(
          Effect.repeat(Schedule.spaced(heartbeat)),
          Effect.delay(heartbeat),
          Effect.forkScoped,
        );
        yield* Effect.ignore(follow(source, queue));
        yield* Queue.end(queue);
      }),
    { bufferSize: behindMax },
  ).pipe(Stream.concat(Stream.succeed(retry)));
