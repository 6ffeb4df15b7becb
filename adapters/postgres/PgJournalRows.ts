import type { Row } from "@strom/core/ports";

/** Rows of the journal as they are read. */
export const columns = `topic, partition, "offset", event_id, agent_id, payload, at`;

export interface JournalRow {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly event_id: string;
  readonly agent_id: string | null;
  readonly payload: unknown;
  readonly at: number;
}

export const toRow = (row: JournalRow): Row => ({
  topic: row.topic,
  partition: row.partition,
  offset: Number(row.offset),
  eventId: row.event_id,
  agentId: row.agent_id,
  payload: row.payload,
  at: row.at,
});
