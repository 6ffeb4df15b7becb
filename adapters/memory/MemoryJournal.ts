import type { Advance, Cursor, DeadLetter, Entry, FeedRow, Lag, Row } from "@strom/core/ports";
import { CursorMoved, EventsUnknown, Journal, PositionInvalid, passedOn } from "@strom/core/ports";
import { Effect, Layer } from "effect";
import { MemoryConnection } from "./MemoryConnection.ts";
import type { JournalRow, LaneRows, MemoryRecord } from "./MemoryRecord.ts";

export const laneKey = (topic: string, partition: number): string => `${topic}/${partition}`;
export const cursorKey = ({ stage, topic, partition }: Cursor): string => `${stage}/${topic}/${partition}`;
const eventKey = (topic: string, eventId: string): string => `${topic}/${eventId}`;

/** Decoded anew each time: nobody shares a payload with the record. */
export const toRow = ({ topic, partition, offset, eventId, agentId, payload, at }: JournalRow): Row => ({
  topic,
  partition,
  offset,
  eventId,
  agentId,
  payload: JSON.parse(payload),
  at,
});

export const headOf = (lane: LaneRows | undefined): number =>
  lane === undefined ? 0 : lane.tail + lane.rows.length;

const laneOf = (record: MemoryRecord, topic: string, partition: number): LaneRows => {
  const key = laneKey(topic, partition);
  const known = record.lanes.get(key);
  if (known !== undefined) return known;
  const lane: LaneRows = { topic, partition, tail: 0, rows: [] };
  record.lanes.set(key, lane);
  return lane;
};

const append = (record: MemoryRecord, entries: ReadonlyArray<Entry>): ReadonlyArray<Row> => {
  const fresh = entries.filter((entry) => !record.events.has(eventKey(entry.topic, entry.eventId)));
  return fresh.map((entry): Row => {
    const lane = laneOf(record, entry.topic, entry.partition);
    const offset = headOf(lane);
    record.events.insert(eventKey(entry.topic, entry.eventId), offset);
    lane.rows.push({
      ...entry,
      offset,
      payload: JSON.stringify(entry.payload),
      xid: record.xid(),
      seq: record.nextSeq(),
    });
    record.undo(() => lane.rows.pop());
    return { ...entry, offset };
  });
};

const positionOf = (record: MemoryRecord, cursor: Cursor): number => {
  const known = record.cursors.get(cursorKey(cursor));
  if (known !== undefined) return known.position;
  const { stage, topic, partition } = cursor;
  const position = record.lanes.get(laneKey(topic, partition))?.tail ?? 0;
  record.cursors.insert(cursorKey(cursor), { stage, topic, partition, position });
  return position;
};

const read = (record: MemoryRecord, topic: string, partition: number, from: number, limit: number) => {
  const lane = record.lanes.get(laneKey(topic, partition));
  if (lane === undefined) return [];
  const start = Math.max(0, from - lane.tail);
  return lane.rows.slice(start, start + limit).map(toRow);
};

/** Null when all moved; else why one did not. */
const advance = (record: MemoryRecord, moves: ReadonlyArray<Advance>): CursorMoved | EventsUnknown | null => {
  for (const { stage, topic, partition, from, to, events } of moves) {
    const cursor = { stage, topic, partition };
    const actual = positionOf(record, cursor);
    if (actual !== from) return new CursorMoved({ ...cursor, expected: from, actual });
    const held = read(record, topic, partition, from, to - from).map(({ eventId }) => eventId);
    if (events !== undefined && events.join() !== held.join())
      return new EventsUnknown({ ...cursor, from, to });
    record.cursors.set(cursorKey(cursor), { ...cursor, position: to });
  }
  return null;
};

const POSITION = /^(\d{1,15})-(\d{1,15})$/;

const gapAfter = (record: MemoryRecord, xid: number, seq: number): string | null => {
  const pruned = record.pruned.get("feed");
  const isWhole = pruned === undefined || xid > pruned.xid || (xid === pruned.xid && seq >= pruned.seq);
  return isWhole ? null : `${pruned.xid}-${pruned.seq}`;
};

const feed = (
  record: MemoryRecord,
  xid: number,
  seq: number,
  limit: number,
  agentIds?: ReadonlyArray<string>,
) => {
  const mine = agentIds === undefined ? null : new Set(agentIds);
  const open = record.xid();
  const rows = [...record.lanes.values()]
    .flatMap(({ rows }) => rows)
    .filter((row) => row.xid < open && (row.xid > xid || (row.xid === xid && row.seq > seq)))
    .filter(({ agentId }) => mine === null || (agentId !== null && mine.has(agentId)))
    .sort((a, b) => a.seq - b.seq)
    .slice(0, limit)
    .map((row): FeedRow => ({ ...toRow(row), position: `${row.xid}-${row.seq}` }));
  const last = rows.at(-1);
  const gapTo = gapAfter(record, xid, seq);
  if (rows.length === limit && last !== undefined)
    return { rows, position: last.position, isMore: true, gapTo };
  return { rows, position: open > xid ? `${open}-0` : `${xid}-${seq}`, isMore: false, gapTo };
};

const put = (record: MemoryRecord, letter: DeadLetter): void => {
  const key = `${cursorKey(letter)}/${letter.row.offset}`;
  if (!record.letters.has(key)) record.letters.insert(key, { ...letter, at: record.now() });
};

/** Where the stages that pass on what they read have yet to begin. */
const yetToBegin = (record: MemoryRecord): ReadonlyArray<Cursor & { readonly position: number }> =>
  [...record.lanes.values()].flatMap(({ topic, partition, tail }) =>
    passedOn
      .filter(([, of]) => of === topic)
      .map(([stage]) => ({ stage, topic, partition, position: tail }))
      .filter((cursor) => record.cursors.get(cursorKey(cursor)) === undefined),
  );

const lag = (record: MemoryRecord): ReadonlyArray<Lag> => {
  const lagOf = (hasBegun: boolean) => (cursor: Cursor & { readonly position: number }) => ({
    ...cursor,
    head: headOf(record.lanes.get(laneKey(cursor.topic, cursor.partition))),
    hasBegun,
  });
  return [...[...record.cursors.values()].map(lagOf(true)), ...yetToBegin(record).map(lagOf(false))];
};

/** The offset a lane must be kept from: what is young, or still to be read by someone. */
const boundOf = (record: MemoryRecord, lane: LaneRows, olderThan: number): number => {
  const young = lane.rows.find(({ at }) => at >= olderThan)?.offset ?? headOf(lane);
  const readers = [...record.cursors.values(), ...yetToBegin(record)]
    .filter(({ topic, partition }) => topic === lane.topic && partition === lane.partition)
    .map(({ position }) => position);
  const published = record.published.get(laneKey(lane.topic, lane.partition)) ?? headOf(lane);
  return Math.min(young, published, ...readers);
};

const prune = (record: MemoryRecord, olderThan: number): number => {
  let removed = 0;
  for (const lane of [...record.lanes.values()]) {
    const bound = boundOf(record, lane, olderThan);
    const gone = lane.rows.slice(0, Math.max(0, bound - lane.tail));
    if (gone.length === 0) continue;
    for (const { topic, eventId } of gone) record.events.remove(eventKey(topic, eventId));
    for (const place of gone)
      if (gapAfter(record, place.xid, place.seq) === null) record.pruned.set("feed", place);
    const rows = lane.rows.slice(gone.length);
    record.lanes.set(laneKey(lane.topic, lane.partition), { ...lane, tail: bound, rows });
    removed += gone.length;
  }
  return removed;
};

export const layer: Layer.Layer<Journal, never, MemoryConnection> = Layer.effect(
  Journal,
  Effect.gen(function* () {
    const { ask } = yield* MemoryConnection;
    return Journal.of({
      append: (entries) => ask("append", (record) => append(record, entries)),
      position: (cursor) => ask("position", (record) => positionOf(record, cursor)),
      advance: Effect.fnUntraced(function* (moves: ReadonlyArray<Advance>) {
        const stuck = yield* ask("advance", (record) => advance(record, moves));
        if (stuck !== null) return yield* stuck;
      }),
      read: (topic, partition, from, limit) =>
        ask("read", (record) => read(record, topic, partition, from, limit)),
      head: (topic, partition) =>
        ask("head", (record) => headOf(record.lanes.get(laneKey(topic, partition)))),
      feed: Effect.fnUntraced(function* (after: string, limit: number, agentIds?: ReadonlyArray<string>) {
        const place = POSITION.exec(after);
        if (place === null) return yield* new PositionInvalid({ input: after });
        return yield* ask("feed", (record) =>
          feed(record, Number(place[1]), Number(place[2]), limit, agentIds),
        );
      }),
      feedNow: ask("feedNow", (record) => `${record.xid()}-0`),
      gapAfter: Effect.fnUntraced(function* (position: string) {
        const place = POSITION.exec(position);
        if (place === null) return yield* new PositionInvalid({ input: position });
        return yield* ask("gapAfter", (record) => gapAfter(record, Number(place[1]), Number(place[2])));
      }),
      isAhead: Effect.fnUntraced(function* (position: string) {
        const place = POSITION.exec(position);
        if (place === null) return yield* new PositionInvalid({ input: position });
        const [xid, seq] = [Number(place[1]), Number(place[2])];
        return yield* ask("isAhead", (record) => xid > record.xid() || (xid === record.xid() && seq > 0));
      }),
      unpublished: (topic, partition, limit) =>
        ask("unpublished", (record) =>
          read(record, topic, partition, record.published.get(laneKey(topic, partition)) ?? 0, limit),
        ),
      markPublished: (marks) =>
        ask("markPublished", (record) => {
          for (const { topic, partition, position } of marks) {
            const key = laneKey(topic, partition);
            if ((record.published.get(key) ?? 0) < position) record.published.set(key, position);
          }
        }),
      markAllPublished: ask("markAllPublished", (record) => {
        for (const lane of record.lanes.values()) {
          const key = laneKey(lane.topic, lane.partition);
          if (record.published.get(key) !== undefined) record.published.set(key, headOf(lane));
        }
      }),
      deadLetter: (letters) =>
        ask("deadLetter", (record) => {
          for (const letter of letters) put(record, letter);
        }),
      lag: ask("lag", lag),
      prune: (olderThan) => ask("prune", (record) => prune(record, olderThan)),
    });
  }),
);
