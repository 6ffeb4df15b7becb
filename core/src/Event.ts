import { Result } from "effect";
import type * as Agent from "./Agent.ts";
import type { EventNewer } from "./event/Decode.ts";
import { decode, EventInvalid } from "./event/Decode.ts";
import { encode } from "./event/Encode.ts";
import type { Topic } from "./event/Topic.ts";
import type { Fill } from "./FillModel.ts";
import type { AgentId, EventId } from "./Id.ts";
import * as Id from "./Id.ts";
import type { ApprovedOrder, Coordinates, Draft } from "./Intent.ts";
import type { Cash, Price, Qty } from "./Money.ts";
import type { Run } from "./Run.ts";
import type { Code, RuleRecord } from "./risk/Rule.ts";
import type { Signal } from "./Signal.ts";
import type { Snapshot } from "./Snapshot.ts";

interface Told<T extends Topic> {
  readonly _tag: T;
  /** Derived from what the event is about: told twice, it is the same event. */
  readonly id: EventId;
  /** The slot's instant for what happened in a slot, else when it was asked for; ms since the epoch. */
  readonly at: number;
}
interface OfAgent<T extends Topic> extends Told<T> {
  readonly agentId: AgentId;
}

export interface AgentTick extends OfAgent<"agent.tick"> {
  readonly slot: number;
  readonly frequencySeconds: number;
  /** Slots skipped since the tick before: the scheduler was away. */
  readonly missed: number;
}
export interface AgentRun extends OfAgent<"agent.run"> {
  readonly run: Run;
  /** The version of the agent's configuration that was in force. */
  readonly configVersion: number;
}
export interface AgentChanged extends OfAgent<"agent.changed"> {
  /** 1, 2, 3 … over the agent's life. */
  readonly sequence: number;
  readonly from: Agent.State;
  readonly to: Agent.State;
  readonly configVersion: number;
  readonly reason: string;
}
export interface SignalCreated extends OfAgent<"signal.created"> {
  readonly signal: Signal;
}
export interface OrderIntent extends OfAgent<"order.intent"> {
  readonly order: ApprovedOrder;
}
export interface OrderRejected extends OfAgent<"order.rejected"> {
  readonly order: Draft;
  readonly reason: Code;
  readonly rules: ReadonlyArray<RuleRecord>;
}
export interface OrderFilled extends OfAgent<"order.filled"> {
  readonly order: Coordinates;
  readonly fill: Fill;
  /** What a reduction realized, fees aside. */
  readonly realized: Cash;
  /** Units held afterwards. */
  readonly position: Qty;
}
export interface PnlUpdated extends OfAgent<"pnl.updated"> {
  readonly slot: number;
  /** The order whose fill it follows; null for the mark of the slot. */
  readonly order: Coordinates | null;
  readonly snapshot: Snapshot;
}
export interface MarketTick extends Told<"market.tick"> {
  readonly symbol: string;
  readonly price: Price;
  /** Units traded, 0 when unknown. */
  readonly volume: number;
  readonly source: string;
}

/** Every fact of the system. */
export type Event =
  | AgentTick
  | AgentRun
  | AgentChanged
  | SignalCreated
  | OrderIntent
  | OrderRejected
  | OrderFilled
  | PnlUpdated
  | MarketTick;

/** The JSON of an event: `{ id, topic, version, agent_id, at, payload }`. */
export interface Wire {
  readonly id: string;
  readonly topic: string;
  readonly version: number;
  readonly agent_id?: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string;
  readonly payload: { readonly [field: string]: unknown };
}

export { decode, EventInvalid, EventNewer } from "./event/Decode.ts";
export { encode } from "./event/Encode.ts";
export { PREFIX, type Topic, topics, VERSION } from "./event/Topic.ts";

/** `encode` as text. */
export const stringify = (event: Event): string => JSON.stringify(encode(event));

/** `decode` of text. */
export const parse = (text: string): Result.Result<Event, EventInvalid | EventNewer> =>
  Result.flatMap(
    Result.try({
      try: (): unknown => JSON.parse(text),
      catch: () => new EventInvalid({ path: "", reason: "JSON is needed" }),
    }),
    decode,
  );

/**
 * The partition, 0…partitions-1, of an agent or any other key: FNV-1a of its characters, the same on every
 * machine and for ever.
 */
export const partition = (key: string, partitions: number): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return ((hash ^ (hash >>> 15)) >>> 0) % partitions;
};

// The events of what happened, each with the id of what it is about.

type Untold<E extends Event> = Omit<E, "_tag" | "id">;

export const agentTick = (about: Untold<AgentTick>): AgentTick => ({
  _tag: "agent.tick",
  id: Id.tick(about.agentId, about.slot),
  ...about,
});

export const agentRun = (run: Run, configVersion: number): AgentRun => ({
  _tag: "agent.run",
  id: Id.event("agent.run", run.agentId, run.slot),
  agentId: run.agentId,
  at: run.at,
  run,
  configVersion,
});

export const agentChanged = (about: Untold<AgentChanged>): AgentChanged => ({
  _tag: "agent.changed",
  id: Id.event("agent.changed", about.agentId, about.sequence),
  ...about,
});

/** `at` is the instant of the signal's slot. */
export const signalCreated = (at: number, signal: Signal): SignalCreated => ({
  _tag: "signal.created",
  id: ofOrder("signal.created", signal),
  agentId: signal.agentId,
  at,
  signal,
});

export const orderIntent = (order: ApprovedOrder): OrderIntent => ({
  _tag: "order.intent",
  id: ofOrder("order.intent", order),
  agentId: order.agentId,
  at: order.at,
  order,
});

export const orderRejected = (
  order: Draft,
  reason: Code,
  rules: ReadonlyArray<RuleRecord>,
): OrderRejected => ({
  _tag: "order.rejected",
  id: ofOrder("order.rejected", order),
  agentId: order.agentId,
  at: order.at,
  order,
  reason,
  rules,
});

export const orderFilled = (order: Coordinates, fill: Fill, realized: Cash, position: Qty): OrderFilled => ({
  _tag: "order.filled",
  id: ofOrder("order.filled", order),
  agentId: order.agentId,
  at: fill.at,
  order: { agentId: order.agentId, slot: order.slot, origin: order.origin, symbol: order.symbol },
  fill,
  realized,
  position,
});

/** The mark of a slot (`order` null), or the books after an order's fill. */
export const pnlUpdated = (
  about: { readonly agentId: AgentId; readonly slot: number; readonly order: Coordinates | null },
  snapshot: Snapshot,
): PnlUpdated => ({
  _tag: "pnl.updated",
  id:
    about.order === null
      ? Id.event("pnl.updated", about.agentId, about.slot)
      : ofOrder("pnl.updated", about.order),
  agentId: about.agentId,
  at: snapshot.at,
  slot: about.slot,
  order: about.order,
  snapshot,
});

export const marketTick = (about: Untold<MarketTick>): MarketTick => ({
  _tag: "market.tick",
  id: Id.event("market.tick", about.symbol, about.at),
  ...about,
});

const ofOrder = (topic: Topic, { agentId, slot, origin, symbol }: Coordinates): EventId =>
  Id.event(topic, agentId, slot, origin, symbol);
