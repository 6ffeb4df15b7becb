import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { Schema } from "effect";

/**
 * Ids derived from content: the same thing always has the same id, so doing a step twice collides with itself
 * instead of happening twice. Ids of things people create (users, agents) are random v4, drawn at the edge.
 */
const PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A lower-case UUID string. */
export const Uuid = Schema.String.check(
  Schema.isPattern(PATTERN, {
    message: "a lower-case UUID is needed, such as 8c1f2f0e-6f0a-4c1c-9d57-6d2f3b1a9e10",
    toJsonSchema: () => ({ format: "uuid" }),
  }),
).pipe(Schema.brand("Uuid"));
export type Uuid = typeof Uuid.Type;

export const UserId = Uuid.pipe(Schema.brand("UserId"));
export type UserId = typeof UserId.Type;
export const AgentId = Uuid.pipe(Schema.brand("AgentId"));
export type AgentId = typeof AgentId.Type;
export const StrategyId = Uuid.pipe(Schema.brand("StrategyId"));
export type StrategyId = typeof StrategyId.Type;
export const RunId = Uuid.pipe(Schema.brand("RunId"));
export type RunId = typeof RunId.Type;
export const SignalId = Uuid.pipe(Schema.brand("SignalId"));
export type SignalId = typeof SignalId.Type;
export const OrderId = Uuid.pipe(Schema.brand("OrderId"));
export type OrderId = typeof OrderId.Type;
export const TradeId = Uuid.pipe(Schema.brand("TradeId"));
export type TradeId = typeof TradeId.Type;
export const EventId = Uuid.pipe(Schema.brand("EventId"));
export type EventId = typeof EventId.Type;

/** What an id, or a random stream, may be derived from. An integer number and the same bigint are one key. */
export type Part = string | number | bigint;

/** An unambiguous text of the parts: each with its kind and length in front, so no two lists read alike. */
export const encodeParts = (parts: ReadonlyArray<Part>): string => {
  let out = "";
  for (const part of parts) {
    const text = String(part);
    if (typeof part === "number" && !Number.isFinite(part))
      throw new RangeError(`${text} cannot name a thing`);
    const kind = typeof part === "string" ? "s" : Number.isInteger(Number(part)) ? "i" : "f";
    out += `${kind}${text.length}:${text}`;
  }
  return out;
};

// Half a dozen names a slot: the hash is made once and copied into place, its input and output have a place of their
// own, which is three times as fast as asking for new ones.
const BLANK = sha256.create();
const hash = sha256.create();
const input = new Uint8Array(512);
const output = new Uint8Array(32);
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The text as UTF-8. Nearly always it is ASCII, and its own bytes. */
const bytesOf = (text: string): Uint8Array => {
  if (text.length > input.length) return utf8ToBytes(text);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return utf8ToBytes(text);
    input[i] = code;
  }
  return input.subarray(0, text.length);
};

const hashed = (text: string): Uuid => {
  BLANK._cloneInto(hash).update(bytesOf(text)).digestInto(output);
  output[6] = ((output[6] ?? 0) & 0x0f) | 0x40;
  output[8] = ((output[8] ?? 0) & 0x3f) | 0x80;
  let id = "";
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) id += "-";
    id += HEX[output[i] ?? 0];
  }
  return id as Uuid;
};

/**
 * A thing is named again and again while a step works on it: its row, its event, what refers to it. The names of
 * the last few thousand are kept, in two generations; what is forgotten is hashed again, to the same name.
 */
const KEPT = 8_192;
const named = { young: new Map<string, Uuid>(), old: new Map<string, Uuid>() };

/** The first 128 bits of SHA-256 over namespace and parts, in the form of a version 4 UUID (RFC 9562). */
export const derive = (namespace: string, ...parts: ReadonlyArray<Part>): Uuid => {
  const text = encodeParts([namespace, ...parts]);
  const known = named.young.get(text) ?? named.old.get(text);
  if (known !== undefined) return known;
  if (named.young.size >= KEPT) {
    named.old = named.young;
    named.young = new Map();
  }
  const id = hashed(text);
  named.young.set(text, id);
  return id;
};

// What each thing of the record is named by.

export const strategy = (key: string): StrategyId => derive("strategy", key) as StrategyId;
export const run = (agentId: AgentId, slot: number | bigint): RunId => derive("run", agentId, slot) as RunId;
export const tick = (agentId: AgentId, slot: number | bigint): EventId =>
  derive("tick", agentId, slot) as EventId;
/** `origin` is the strategy that spoke, or `"exit"` for a protective exit. */
export const signal = (
  agentId: AgentId,
  slot: number | bigint,
  origin: StrategyId | "exit",
  symbol: string,
): SignalId => derive("signal", agentId, slot, origin, symbol) as SignalId;
export const order = (
  agentId: AgentId,
  slot: number | bigint,
  origin: StrategyId | "exit",
  symbol: string,
): OrderId => derive("order", agentId, slot, origin, symbol) as OrderId;
export const trade = (orderId: OrderId, fillNumber: number): TradeId =>
  derive("trade", orderId, fillNumber) as TradeId;
/** An event about a thing: `event("order.filled", orderId)`. */
export const event = (topic: string, ...parts: ReadonlyArray<Part>): EventId =>
  derive("event", topic, ...parts) as EventId;
