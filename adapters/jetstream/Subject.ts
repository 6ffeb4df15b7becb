import type { MsgHdrs } from "@nats-io/transport-node";
import { headers } from "@nats-io/transport-node";
import type { Row } from "@strom/core/ports";
import { Predicate } from "effect";

/**
 * How a row of the journal looks on the wire: the subject says what it is
 * about, the headers where it stands in the journal, the body is the event.
 *
 * `strom.<noun>.<verb>.<partition>.<agent id>`, for prices
 * `strom.market.tick.<symbol token>`.
 */
const MARKET = "market.tick";

/** Subjects allow neither blanks nor the three signs NATS gives a meaning to. */
export const token = (symbol: string): string =>
  symbol.replace(/[^A-Za-z0-9_-]/g, (sign) => `=${sign.codePointAt(0)?.toString(16)}`);

const symbolOf = (payload: unknown): string => {
  if (!Predicate.hasProperty(payload, "payload")) return "_";
  const inner = payload.payload;
  return Predicate.hasProperty(inner, "symbol") && Predicate.isString(inner.symbol)
    ? token(inner.symbol)
    : "_";
};

/** The subject a row is published under. */
export const of = (row: Row): string =>
  row.topic === MARKET
    ? `strom.${MARKET}.${symbolOf(row.payload)}`
    : `strom.${row.topic}.${row.partition}.${row.agentId ?? "_"}`;

/** Everything of a topic. */
export const ofTopic = (topic: string): string => `strom.${topic}.>`;

/** Everything of a topic in one partition. */
export const ofPartition = (topic: string, partition: number): string => `strom.${topic}.${partition}.>`;

const EPOCH = "Strom-Epoch";
const TOPIC = "Strom-Topic";
const PARTITION = "Strom-Partition";
const OFFSET = "Strom-Offset";
const EVENT = "Strom-Event";
const AGENT = "Strom-Agent";
const AT = "Strom-At";

/** What the body does not say: which journal the row stands in, and where. */
export const headersOf = (epoch: string, row: Row): MsgHdrs => {
  const made = headers();
  made.set(EPOCH, epoch);
  made.set(TOPIC, row.topic);
  made.set(PARTITION, String(row.partition));
  made.set(OFFSET, String(row.offset));
  made.set(EVENT, row.eventId);
  if (row.agentId !== null) made.set(AGENT, row.agentId);
  made.set(AT, String(row.at));
  return made;
};

interface Received {
  readonly headers?: MsgHdrs | undefined;
  json(): unknown;
}

const integer = (text: string): number | null => (/^\d{1,16}$/.test(text) ? Number(text) : null);

/**
 * The row a message carries, or null when it is not of this journal: another
 * database wrote into the same broker, or a stranger did.
 */
export const rowOf = (epoch: string, message: Received): Row | null => {
  const found = message.headers;
  if (found === undefined || found.get(EPOCH) !== epoch) return null;
  const partition = integer(found.get(PARTITION));
  const offset = integer(found.get(OFFSET));
  const at = integer(found.get(AT));
  const topic = found.get(TOPIC);
  const eventId = found.get(EVENT);
  if (partition === null || offset === null || at === null || topic === "" || eventId === "") return null;
  const agent = found.get(AGENT);
  try {
    const payload = message.json();
    return { topic, partition, offset, eventId, agentId: agent === "" ? null : agent, payload, at };
  } catch {
    return null;
  }
};
