import type { Message, Row } from "@strom/core/ports";
import type { Effect } from "effect";

/** Messages kept of one partition while its stage is busy; more are dropped, and read from the journal later. */
const KEPT = 2_048;

/**
 * What the bus brought for one partition, put in its place: what continues the cursor is used as it is, what is
 * behind it is acknowledged and dropped, and anything ahead shows that the bus has lost, delayed or reordered
 * something. A message is acknowledged only when the cursor has passed it.
 */
export interface Inbox {
  readonly put: (message: Message) => void;
  /** Whether nothing was put in since this was last taken. */
  readonly takeSilence: () => boolean;
  /** The rows from `position` on, at most `limit`, without a gap. */
  readonly take: (position: number, limit: number) => ReadonlyArray<Row>;
  /** Whether something waits that does not continue `position`. */
  readonly hasGap: (position: number) => boolean;
  /** Forgets every message before `position` and answers their acknowledgements. */
  readonly settled: (position: number) => ReadonlyArray<Effect.Effect<void>>;
  /** What waits from `position` on, by offset. */
  readonly ahead: (position: number) => ReadonlyArray<number>;
  readonly forget: (offsets: ReadonlyArray<number>) => void;
}

export const make = (): Inbox => {
  const waiting = new Map<number, Message>();
  let isSilent = true;
  return {
    put: (message) => {
      isSilent = false;
      const twin = waiting.get(message.row.offset);
      // The later of twins is the one the bus wants acknowledged; the earlier may have been read already.
      if (twin !== undefined) waiting.set(message.row.offset, { row: twin.row, ack: message.ack });
      else if (waiting.size < KEPT) waiting.set(message.row.offset, message);
    },
    takeSilence: () => {
      const wasSilent = isSilent;
      isSilent = true;
      return wasSilent;
    },
    take: (position, limit) => {
      const rows: Array<Row> = [];
      for (let offset = position; rows.length < limit; offset++) {
        const message = waiting.get(offset);
        if (message === undefined) break;
        rows.push(message.row);
      }
      return rows;
    },
    hasGap: (position) => {
      if (waiting.has(position)) return false;
      for (const offset of waiting.keys()) if (offset > position) return true;
      return false;
    },
    settled: (position) => {
      const acks: Array<Effect.Effect<void>> = [];
      for (const [offset, message] of waiting) {
        if (offset >= position) continue;
        acks.push(message.ack);
        waiting.delete(offset);
      }
      return acks;
    },
    ahead: (position) => [...waiting.keys()].filter((offset) => offset >= position),
    forget: (offsets) => {
      for (const offset of offsets) waiting.delete(offset);
    },
  };
};
