import type { Entry, Row } from "@strom/core/ports";
import * as Columns from "./PgColumns.ts";

/** Where events go in the journal, as `journal_append` is told and as it answers. */

/** What appending answers: where a lane began, or what is written already. */
export interface Appended {
  readonly lane: number | null;
  readonly base: bigint | null;
  readonly known: ReadonlyArray<number> | null;
}

const laneColumns = { topic: "text", partition: "int", count: "int" } as const;
const entryColumns = {
  topic: "text",
  partition: "int",
  place: "int",
  event_id: "uuid",
  agent_id: "uuid",
  payload: "json",
  at: "timestamptz",
} as const;

interface Lane {
  readonly topic: string;
  readonly partition: number;
  count: number;
}

/** Entries, each once, by their lanes and where in its lane each goes. */
export interface Placed {
  readonly entries: ReadonlyArray<Entry>;
  readonly lanes: ReadonlyArray<Lane>;
  readonly places: ReadonlyArray<{ readonly lane: number; readonly place: number }>;
}

export const place = (asked: ReadonlyArray<Entry>): Placed => {
  const seen = new Set<string>();
  const numbers = new Map<string, number>();
  const lanes: Array<Lane> = [];
  const entries: Array<Entry> = [];
  const places: Array<{ readonly lane: number; readonly place: number }> = [];
  for (const entry of asked) {
    const { topic, partition, eventId } = entry;
    if (seen.has(`${topic} ${eventId}`)) continue;
    seen.add(`${topic} ${eventId}`);
    const number = numbers.get(`${partition} ${topic}`) ?? lanes.length;
    numbers.set(`${partition} ${topic}`, number);
    const lane = lanes[number] ?? { topic, partition, count: 0 };
    lanes[number] = lane;
    entries.push(entry);
    places.push({ lane: number, place: lane.count });
    lane.count += 1;
  }
  return { entries, lanes, places };
};

const entryRows = ({ entries, places }: Placed) =>
  entries.map(({ topic, partition, eventId, agentId, payload, at }, index) => ({
    topic,
    partition,
    place: places[index]?.place,
    event_id: eventId,
    agent_id: agentId,
    payload,
    at: new Date(at).toISOString(),
  }));

/** The entries at the places they were given. */
export const rowsOf = ({ entries, places }: Placed, answer: ReadonlyArray<Appended>): ReadonlyArray<Row> => {
  const bases = new Map(answer.map(({ lane, base }) => [lane, Number(base)]));
  return entries.map((entry, index) => {
    const { lane, place } = places[index] ?? { lane: 0, place: 0 };
    return { ...entry, offset: (bases.get(lane) ?? 0) + place };
  });
};

/** The function's parameters. */
export const parameters = (placed: Placed) => [
  ...Columns.parameters(
    laneColumns,
    placed.lanes.map((lane) => ({ ...lane })),
  ),
  ...Columns.parameters(entryColumns, entryRows(placed)),
];
