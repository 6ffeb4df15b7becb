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

/** Prices have a stream of their own. */
export const isMarket = ({ topic }: Row): boolean => topic === MARKET;

/** Everything of a topic. */
export const ofTopic = (topic: string): string => `strom.${topic}.>`;

/** Everything of a topic in one partition. */
export const ofPartition = (topic: string, partition: number): string => `strom.${topic}.${partition}.>`;

/** The broker drops a repeated one. */
const EVENT = "Nats-Msg-Id";
/** Which journal, and where in it: `<epoch> <partition> <offset> <at>`. */
const PLACE = "Strom-Place";

/** What neither subject nor body says. */
export const headersOf = (epoch: string, row: Row): MsgHdrs => {
  const made = headers();
  made.set(EVENT, row.eventId);
  made.set(PLACE, `${epoch} ${row.partition} ${row.offset} ${row.at}`);
  return made;
};

interface Received {
  readonly subject: string;
  readonly headers?: MsgHdrs | undefined;
  json(): unknown;
}

const PLACED = /^(\S+) (\d{1,9}) (\d{1,16}) (\d{1,16})$/;
/** Topic and what follows it: partition and agent, or a symbol. */
const SUBJECT = /^strom\.([a-z]+\.[a-z]+)\.(?:\d+\.)?([^.]+)$/;

/**
 * The row a message carries, or null when it is not of this journal: another
 * database wrote into the same broker, or a stranger did. The body is parsed when
 * it is asked for: most readers drop what they know, or only want to be woken.
 */
export const rowOf = (epoch: string, message: Received): Row | null => {
  const place = PLACED.exec(message.headers?.get(PLACE) ?? "");
  const about = SUBJECT.exec(message.subject);
  const eventId = message.headers?.get(EVENT) ?? "";
  if (place === null || about === null || place[1] !== epoch || eventId === "") return null;
  const [topic = "", subject = ""] = about.slice(1);
  let payload: { readonly value: unknown } | undefined;
  return {
    topic,
    partition: Number(place[2]),
    offset: Number(place[3]),
    at: Number(place[4]),
    eventId,
    agentId: topic === MARKET || subject === "_" ? null : subject,
    get payload() {
      payload ??= { value: message.json() };
      return payload.value;
    },
  };
};
