import type { Effect } from "effect";
import { Context, Schema } from "effect";
import type { State } from "../Agent.ts";
import * as Id from "../Id.ts";
import type { AgentNotFound } from "./Agents.ts";
import type { DatabaseUnavailable } from "./Database.ts";
import type { Page, Slice } from "./Page.ts";

/**
 * What an agent has done, as rows of the data model: the same names, numerics as decimal strings, instants in
 * milliseconds since the epoch.
 */
const Side = Schema.Literals(["BUY", "SELL"]);

export const Run = Schema.Struct({
  id: Id.RunId,
  agent_id: Id.AgentId,
  slot: Schema.NullOr(Schema.Number),
  tick_time: Schema.Number,
  started_at: Schema.Number,
  completed_at: Schema.NullOr(Schema.Number),
  status: Schema.Literals(["STARTED", "COMPLETED", "FAILED"]),
  error_message: Schema.NullOr(Schema.String),
  config_version: Schema.NullOr(Schema.Number),
});
export type Run = typeof Run.Type;

export const Signal = Schema.Struct({
  id: Id.SignalId,
  agent_run_id: Id.RunId,
  agent_id: Id.AgentId,
  symbol: Schema.String,
  side: Side,
  confidence: Schema.Number,
  rationale: Schema.Unknown,
  created_at: Schema.Number,
});
export type Signal = typeof Signal.Type;

export const Order = Schema.Struct({
  id: Id.OrderId,
  agent_id: Id.AgentId,
  agent_run_id: Id.RunId,
  signal_id: Schema.NullOr(Id.SignalId),
  symbol: Schema.String,
  side: Side,
  qty: Schema.String,
  order_type: Schema.Literal("MARKET"),
  intent_idempotency_key: Schema.String,
  status: Schema.Literals(["INTENT", "FILLED", "REJECTED"]),
  requested_price: Schema.NullOr(Schema.String),
  filled_price: Schema.NullOr(Schema.String),
  filled_qty: Schema.NullOr(Schema.String),
  fees: Schema.String,
  reject_reason: Schema.NullOr(Schema.String),
  created_at: Schema.Number,
});
export type Order = typeof Order.Type;

export const Trade = Schema.Struct({
  id: Id.TradeId,
  order_id: Id.OrderId,
  agent_id: Id.AgentId,
  symbol: Schema.String,
  side: Side,
  qty: Schema.String,
  price: Schema.String,
  fee: Schema.String,
  ts: Schema.Number,
});
export type Trade = typeof Trade.Type;

export const Position = Schema.Struct({
  id: Id.Uuid,
  agent_id: Id.AgentId,
  symbol: Schema.String,
  net_qty: Schema.String,
  avg_price: Schema.String,
  cost_basis: Schema.String,
  mark: Schema.NullOr(Schema.String),
  unrealized_pnl: Schema.NullOr(Schema.String),
  updated_at: Schema.Number,
});
export type Position = typeof Position.Type;

export const PnlSnapshot = Schema.Struct({
  id: Id.Uuid,
  agent_id: Id.AgentId,
  ts: Schema.Number,
  equity: Schema.String,
  /** What the agent had been given by then: equity beyond it is gained. */
  capital: Schema.String,
  realized_pnl: Schema.String,
  unrealized_pnl: Schema.String,
  drawdown: Schema.String,
});
export type PnlSnapshot = typeof PnlSnapshot.Type;

export const RiskDecision = Schema.Struct({
  intent_idempotency_key: Schema.String,
  order_id: Id.OrderId,
  signal_id: Id.SignalId,
  agent_id: Id.AgentId,
  agent_run_id: Id.RunId,
  symbol: Schema.String,
  side: Side,
  verdict: Schema.Literals(["APPROVED", "REJECTED"]),
  code: Schema.NullOr(Schema.String),
  reason: Schema.NullOr(Schema.String),
  rules: Schema.Unknown,
  at: Schema.Number,
});
export type RiskDecision = typeof RiskDecision.Type;

/** Where an agent stands, before anything is derived from it. */
export interface Standing {
  readonly status: State;
  readonly capital: string;
  readonly cash: string;
  readonly realized_pnl: string;
  readonly unrealized_pnl: string;
  readonly fees: string;
  readonly equity: string;
  readonly peak_equity: string;
  readonly open_positions: number;
  readonly fills: number;
  readonly closing_fills: number;
  readonly winning_fills: number;
  /** How many orders were rejected, by code. */
  readonly rejections: Readonly<Record<string, number>>;
  readonly missed_ticks: number;
  readonly first_run_at: number | null;
  readonly last_run_at: number | null;
  readonly frequency_seconds: number;
  /** When each symbol of its universe was priced last, in the order of the universe; null when it never was. */
  readonly priced: ReadonlyArray<{ readonly symbol: string; readonly last_price_at: number | null }>;
  /** The last equity of each UTC hour in which it was marked, oldest first, at most 30 days back. */
  readonly hourly_equity: ReadonlyArray<number>;
}

/** Which rows: of one symbol, from an instant on, before an instant, of one status. */
export interface Filter {
  readonly symbol?: string;
  readonly from?: number;
  readonly to?: number;
  readonly status?: string;
}

/** Which marks: all of them, or only the last one of each stretch of so many seconds, counted from the epoch. */
export interface CurveFilter extends Filter {
  readonly everySeconds?: number;
}

/** Whose rows. */
export interface Owned {
  readonly userId: Id.UserId;
  readonly agentId: Id.AgentId;
}

type Read<A, F = Filter> = (
  owned: Owned,
  filter: F,
  slice: Slice,
) => Effect.Effect<Page<A>, AgentNotFound | DatabaseUnavailable>;

/** The books of an agent for its owner to read, newest first; its positions, which change, by symbol. */
export class Books extends Context.Service<
  Books,
  {
    readonly runs: Read<Run>;
    readonly signals: Read<Signal>;
    readonly orders: Read<Order>;
    readonly trades: Read<Trade>;
    readonly positions: Read<Position>;
    /** Of thinned marks the page after a place begins with the stretch before that of the place. */
    readonly pnl: Read<PnlSnapshot, CurveFilter>;
    readonly riskDecisions: Read<RiskDecision>;
    readonly standing: (owned: Owned) => Effect.Effect<Standing, AgentNotFound | DatabaseUnavailable>;
  }
>()("strom/ports/Books") {}
