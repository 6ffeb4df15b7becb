import { Id } from "@strom/core";
import { Schema } from "effect";
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api";
import { Identity } from "./Identity.ts";
import * as Page from "./Page.ts";
import * as Problem from "./Problem.ts";
import { Decimal, Instant, Side, Symbol, wholeNumber } from "./Wire.ts";

/** One tick an agent worked on. */
export const Run = Schema.Struct({
  id: Id.RunId,
  agent_id: Id.AgentId,
  slot: Schema.NullOr(Schema.Number),
  tick_time: Instant,
  started_at: Instant,
  completed_at: Schema.NullOr(Instant),
  status: Schema.Literals(["STARTED", "COMPLETED", "FAILED"]),
  error_message: Schema.NullOr(Schema.String),
  config_version: Schema.NullOr(Schema.Int),
}).annotate({ identifier: "Run" });

export const Signal = Schema.Struct({
  id: Id.SignalId,
  agent_run_id: Id.RunId,
  agent_id: Id.AgentId,
  symbol: Schema.String,
  side: Side,
  confidence: Schema.Finite.annotate({ description: "0 to 1, 4 decimals" }),
  rationale: Schema.Unknown,
  created_at: Instant,
}).annotate({ identifier: "Signal" });

export const Order = Schema.Struct({
  id: Id.OrderId,
  agent_id: Id.AgentId,
  agent_run_id: Id.RunId,
  signal_id: Schema.NullOr(Id.SignalId),
  symbol: Schema.String,
  side: Side,
  qty: Decimal,
  order_type: Schema.Literal("MARKET"),
  intent_idempotency_key: Schema.String,
  status: Schema.Literals(["INTENT", "FILLED", "REJECTED"]),
  requested_price: Schema.NullOr(Decimal),
  filled_price: Schema.NullOr(Decimal),
  filled_qty: Schema.NullOr(Decimal),
  fees: Decimal,
  reject_reason: Schema.NullOr(Schema.String),
  created_at: Instant,
}).annotate({ identifier: "Order" });

export const Trade = Schema.Struct({
  id: Id.TradeId,
  order_id: Id.OrderId,
  agent_id: Id.AgentId,
  symbol: Schema.String,
  side: Side,
  qty: Decimal,
  price: Decimal,
  fee: Decimal,
  ts: Instant,
}).annotate({ identifier: "Trade" });

/** What an agent holds. `mark` is the price it was last valued at, `unrealized_pnl` what it would gain there. */
export const Position = Schema.Struct({
  id: Id.Uuid,
  agent_id: Id.AgentId,
  symbol: Schema.String,
  net_qty: Decimal,
  avg_price: Decimal,
  cost_basis: Decimal,
  mark: Schema.NullOr(Decimal),
  unrealized_pnl: Schema.NullOr(Decimal),
  updated_at: Instant,
}).annotate({ identifier: "Position" });

export const PnlSnapshot = Schema.Struct({
  id: Id.Uuid,
  agent_id: Id.AgentId,
  ts: Instant,
  equity: Decimal,
  capital: Decimal.annotate({ description: "what it had been given by then: equity beyond it is gained" }),
  realized_pnl: Decimal,
  unrealized_pnl: Decimal,
  drawdown: Decimal.annotate({ description: "fraction of the peak equity: 0.0123 is 1.23 %" }),
}).annotate({ identifier: "PnlSnapshot" });

/** Why an order was approved or rejected: every rule, its limit, its base and its number. */
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
  at: Instant,
}).annotate({ identifier: "RiskDecision" });

const agent = { id: Id.AgentId };
const symbol = Schema.optionalKey(Symbol);
const error = [Problem.NotFound];

const everySeconds = Schema.optionalKey(
  wholeNumber(1, 31_536_000).pipe(
    Schema.annotateEncoded({
      description:
        "only the last mark of each stretch of so many seconds, 1 to 31536000, counted from 1970-01-01T00:00:00Z; of a stretch that from or to cuts, the last mark inside. Every mark when left out",
    }),
  ),
);

export class BooksApi extends HttpApiGroup.make("books")
  .add(
    HttpApiEndpoint.get("runs", "/v1/agents/:id/runs", {
      params: agent,
      query: Page.within({ ...Page.query, status: Schema.optionalKey(Run.fields.status) }),
      success: Page.of(Run),
      error,
    }).annotate(OpenApi.Summary, "Ticks the agent worked on, newest first"),
    HttpApiEndpoint.get("signals", "/v1/agents/:id/signals", {
      params: agent,
      query: Page.within({ ...Page.query, symbol }),
      success: Page.of(Signal),
      error,
    }).annotate(OpenApi.Summary, "What its strategies said"),
    HttpApiEndpoint.get("orders", "/v1/agents/:id/orders", {
      params: agent,
      query: Page.within({ ...Page.query, symbol, status: Schema.optionalKey(Order.fields.status) }),
      success: Page.of(Order),
      error,
    }).annotate(OpenApi.Summary, "Its orders, filled or rejected"),
    HttpApiEndpoint.get("trades", "/v1/agents/:id/trades", {
      params: agent,
      query: Page.within({ ...Page.query, symbol }),
      success: Page.of(Trade),
      error,
    }).annotate(OpenApi.Summary, "Its fills"),
    HttpApiEndpoint.get("positions", "/v1/agents/:id/positions", {
      params: agent,
      query: { ...Page.query, symbol },
      success: Page.of(Position),
      error,
    }).annotate(OpenApi.Summary, "What it holds, by symbol"),
    HttpApiEndpoint.get("pnl", "/v1/agents/:id/pnl", {
      params: agent,
      query: Page.within({ ...Page.query, every_seconds: everySeconds }),
      success: Page.of(PnlSnapshot),
      error,
    }).annotate(OpenApi.Summary, "Its equity over time, every mark of it or as many as a curve needs"),
    HttpApiEndpoint.get("riskDecisions", "/v1/agents/:id/risk-decisions", {
      params: agent,
      query: Page.within({ ...Page.query, symbol, status: Schema.optionalKey(RiskDecision.fields.verdict) }),
      success: Page.of(RiskDecision),
      error,
    }).annotate(OpenApi.Summary, "Why each order was approved or rejected"),
  )
  .middleware(Identity)
  .annotate(OpenApi.Title, "Books") {}
