import type { ConsumerConfig, JetStreamManager, StreamConfig, StreamInfo } from "@nats-io/jetstream";
import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
} from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import type { Cursor } from "@strom/core/ports";
import * as Subject from "./Subject.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const EVENTS = "STROM";
export const MARKET = "STROM_MARKET";

/**
 * Limits retention, since WorkQueue and Interest forget what they have seen
 * over a clean restart of the server, and with it which messages are repeats.
 */
const wanted = (name: string): Partial<StreamConfig> & { readonly name: string } =>
  name === MARKET
    ? {
        name,
        subjects: ["strom.market.>"],
        storage: StorageType.File,
        retention: RetentionPolicy.Limits,
        discard: DiscardPolicy.Old,
        max_msgs_per_subject: 1,
        max_age: nanos(HOUR),
        duplicate_window: nanos(2 * MINUTE),
      }
    : {
        name,
        subjects: ["strom.agent.>", "strom.signal.>", "strom.order.>", "strom.pnl.>"],
        storage: StorageType.File,
        retention: RetentionPolicy.Limits,
        discard: DiscardPolicy.New,
        max_age: nanos(7 * DAY),
        duplicate_window: nanos(10 * MINUTE),
      };

const differs = (found: StreamConfig, name: string): boolean => {
  const asked = wanted(name);
  return (
    asked.subjects?.join() !== found.subjects?.join() ||
    asked.max_age !== found.max_age ||
    asked.duplicate_window !== found.duplicate_window ||
    asked.discard !== found.discard
  );
};

const isCode = (error: unknown, code: number): boolean =>
  error instanceof JetStreamApiError && error.code === code;

const ensureOne = async (manager: JetStreamManager, name: string): Promise<StreamInfo> => {
  try {
    const info = await manager.streams.info(name);
    if (!differs(info.config, name)) return info;
    return await manager.streams.update(name, wanted(name));
  } catch (error) {
    if (!isCode(error, JetStreamApiCodes.StreamNotFound)) throw error;
    return await manager.streams.add(wanted(name));
  }
};

/** Creates both streams where they are missing, mends them where they differ. */
export const ensure = async (manager: JetStreamManager): Promise<void> => {
  await ensureOne(manager, EVENTS);
  await ensureOne(manager, MARKET);
};

/** What tells a stream that goes on from one that was wiped or rolled back. */
export interface Progress {
  readonly createdAt: string;
  readonly lastSequence: number;
}

export const progress = async (manager: JetStreamManager): Promise<Progress> => {
  const info = await ensureOne(manager, EVENTS);
  return { createdAt: info.created, lastSequence: info.state.last_seq };
};

export const consumerName = (cursor: Cursor): string =>
  `${cursor.stage}-${cursor.topic}-${cursor.partition}`.replace(/[^A-Za-z0-9_-]/g, "_");

const consumer = (cursor: Cursor): Partial<ConsumerConfig> => ({
  durable_name: consumerName(cursor),
  filter_subject: Subject.ofPartition(cursor.topic, cursor.partition),
  ack_policy: AckPolicy.Explicit,
  ack_wait: nanos(30_000),
  max_ack_pending: 4096,
  max_deliver: -1,
  // What was published before the consumer existed is read from the journal.
  deliver_policy: DeliverPolicy.New,
});

/** Messages a consumer may have before it when it is taken up again; what is more, the journal gives faster. */
const PENDING_MAX = 1_024;

/**
 * The durable consumer of a stage over a partition. It is made anew when its stream was rolled back behind it: such a
 * consumer would stay silent until the stream has caught up with what it remembers, with no error (measured on 2.9.10).
 * And when nobody listened for long, since nearly all it would bring has long been read.
 */
export const ensureConsumer = async (manager: JetStreamManager, cursor: Cursor): Promise<string> => {
  const name = consumerName(cursor);
  try {
    const info = await manager.consumers.info(EVENTS, name);
    const stream = await manager.streams.info(EVENTS);
    const isAhead = info.delivered.stream_seq > stream.state.last_seq;
    if (!isAhead && info.num_pending <= PENDING_MAX) return name;
    await manager.consumers.delete(EVENTS, name);
  } catch (error) {
    if (!isCode(error, JetStreamApiCodes.ConsumerNotFound)) throw error;
  }
  await manager.consumers.add(EVENTS, consumer(cursor));
  return name;
};
