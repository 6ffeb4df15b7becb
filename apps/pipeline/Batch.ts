import type { Cursor, Row } from "@strom/core/ports";
import * as Inbox from "./Inbox.ts";

/** One partition as a stage sees it. */
export interface Lane {
  readonly cursor: Cursor;
  readonly inbox: Inbox.Inbox;
  /** The next offset, as far as we know. */
  position: number;
  /** Whether `position` must be asked for, because someone may have moved the cursor. */
  isLost: boolean;
  /** Whether the journal holds more than the bus brought. */
  isBehind: boolean;
  /** When its next event was found to be one for another process, ms since the epoch; null while none was. */
  leftAt: number | null;
  /** Rows that had to be read from the journal. */
  found: number;
}

/** Rows of one partition, without a gap. */
export interface Slice {
  readonly lane: Lane;
  readonly rows: ReadonlyArray<Row>;
}

export type Batch = ReadonlyArray<Slice>;

/** Events in it. */
export const sizeOf = (batch: Batch): number => batch.reduce((sum, { rows }) => sum + rows.length, 0);

/** The first half of a batch and the rest, each partition in its order. */
export const halve = (batch: Batch): readonly [Batch, Batch] => {
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

/** How long a partition is left alone whose next event is for another process. */
const REST_MS = 1_000;

/** Whether it is left alone; also when the clock was set back meanwhile, not for longer. */
export const isResting = ({ leftAt }: Lane, nowAt: number): boolean =>
  leftAt !== null && Math.abs(nowAt - leftAt) < REST_MS;

/** A partition of which nothing is known yet. */
export const lane = (cursor: Cursor): Lane => ({
  cursor,
  inbox: Inbox.make(),
  position: 0,
  isLost: true,
  isBehind: true,
  leftAt: null,
  found: 0,
});

/** The batch is done: its partitions stand behind it. */
export const pass = (batch: Batch): void => {
  for (const { lane, rows } of batch) lane.position = (rows.at(-1)?.offset ?? lane.position - 1) + 1;
};

/** The batch is not done, or not by us: where its partitions stand must be asked. */
export const retreat = (batch: Batch): void => {
  for (const { lane } of batch) {
    lane.isLost = true;
    lane.isBehind = true;
  }
};
