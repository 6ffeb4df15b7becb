import type { Result } from "effect";
import { Data } from "effect";
import type * as Agent from "./Agent.ts";
import type { Fill } from "./FillModel.ts";
import type { AgentId, EventId } from "./Id.ts";
import type { ApprovedOrder, Coordinates, Draft } from "./Intent.ts";
import type { Cash, Price, Qty } from "./Money.ts";
import type { Run } from "./Run.ts";
import type { Code, RuleRecord } from "./risk/Rule.ts";
import type { Signal } from "./Signal.ts";
import type { Snapshot } from "./Snapshot.ts";

/** What can be told, by topic; on the wire each is preceded by `strom.`. */
export const topics = [
  "agent.tick",
  "agent.run",
  "agent.changed",
  "signal.created",
  "order.intent",
  "order.rejected",
  "order.filled",
  "pnl.updated",
  "market.tick",
] as const;
export type Topic = (typeof topics)[number];

/** The version this code writes, and the only one it reads. */
export const VERSION = 1;

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

/** A message that is not an event: where it is wrong, and what would be right. */
export class EventInvalid extends Data.TaggedError("EventInvalid")<{
  readonly path: string;
  readonly reason: string;
}> {
  override get message(): string {
    return this.path === "" ? this.reason : `${this.path}: ${this.reason}`;
  }
}

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

export declare const encode: (event: Event) => Wire;
export declare const decode: (wire: unknown) => Result.Result<Event, EventInvalid>;
/** `encode` as text. */
export declare const stringify: (event: Event) => string;
/** `decode` of text. */
export declare const parse: (text: string) => Result.Result<Event, EventInvalid>;

/** The partition 0…partitions-1 of an agent (or of any other key): the same on every machine, for ever. */
export declare const partition: (key: string, partitions: number) => number;

// The events of what the engine returns, with their ids.
export declare const agentTick: (args: Omit<AgentTick, "_tag" | "id">) => AgentTick;
export declare const agentRun: (run: Run, configVersion: number) => AgentRun;
export declare const agentChanged: (args: Omit<AgentChanged, "_tag" | "id">) => AgentChanged;
export declare const signalCreated: (at: number, signal: Signal) => SignalCreated;
export declare const orderIntent: (order: ApprovedOrder) => OrderIntent;
export declare const orderRejected: (
  order: Draft,
  reason: Code,
  rules: ReadonlyArray<RuleRecord>,
) => OrderRejected;
export declare const orderFilled: (
  order: ApprovedOrder,
  fill: Fill,
  realized: Cash,
  position: Qty,
) => OrderFilled;
export declare const pnlUpdated: (
  about: { readonly agentId: AgentId; readonly slot: number; readonly order: Coordinates | null },
  snapshot: Snapshot,
) => PnlUpdated;
export declare const marketTick: (args: Omit<MarketTick, "_tag" | "id">) => MarketTick;
