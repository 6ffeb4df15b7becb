import { Schema } from "effect";
import * as Agent from "../Agent.ts";
import { Bar } from "../Bar.ts";
import * as FillModel from "../FillModel.ts";
import * as Id from "../Id.ts";
import * as Money from "../Money.ts";
import * as Rule from "../risk/Rule.ts";
import { Side } from "../Signal.ts";

/** What each topic carries, as it stands on the wire: snake_case, money as decimal strings. */

const count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0));
const Volume = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0));
const Origin = Schema.Union([Schema.Literal("exit"), Id.StrategyId]);

/** An instant: ISO 8601, UTC, milliseconds outside, ms since the epoch inside. */
export const Instant = Schema.String.check(
  Schema.makeFilter((text: string) => isInstant(text), {
    message: 'an instant in UTC with milliseconds is needed, such as "2026-01-31T09:30:00.000Z"',
  }),
);

const isInstant = (text: string): boolean => {
  const at = Date.parse(text);
  return Number.isFinite(at) && new Date(at).toISOString() === text;
};

const coordinates = {
  order_id: Id.OrderId,
  signal_id: Id.SignalId,
  run_id: Id.RunId,
  slot: Schema.Int,
  origin: Origin,
  symbol: Schema.String,
};

export const Signal = Schema.Struct({
  signal_id: Id.SignalId,
  origin: Origin,
  symbol: Schema.String,
  side: Side,
  confidence: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })),
  rationale: Schema.Struct({
    strategy_key: Schema.String,
    inputs: Schema.Record(Schema.String, Schema.Unknown),
    features: Schema.Record(Schema.String, Schema.Finite),
    decision: Schema.Struct({ rule: Schema.String }),
  }),
});

/** `order.intent`. */
export const Draft = Schema.Struct({
  ...coordinates,
  side: Side,
  qty: Money.QtyFromString,
  price: Money.PriceFromString,
  volume: Volume,
  marks: Schema.Record(Schema.String, Money.PriceFromString),
  peak_equity: Money.SumFromString,
  fill: FillModel.Params,
  seed: Schema.BigIntFromString,
});

/** `order.rejected`: the order as it would have been, the first rule broken, and all of them. */
export const Rejected = Schema.Struct({
  ...Draft.fields,
  reason: Rule.Code,
  rules: Schema.Array(Rule.RuleRecord),
});

/** `order.filled`. */
export const Filled = Schema.Struct({
  ...coordinates,
  trade_id: Id.TradeId,
  side: Side,
  qty: Money.QtyFromString,
  price: Money.PriceFromString,
  fee: Money.CashFromString,
  realized_pnl: Money.SumFromString,
  position_qty: Money.QtyFromString,
});

/** `agent.tick`. */
export const Tick = Schema.Struct({ slot: Schema.Int, frequency_seconds: Schema.Int, missed: count });

/** `agent.run`: what was seen, bars with instants in ms since the epoch, and what was said. */
export const Run = Schema.Struct({
  run_id: Id.RunId,
  slot: Schema.Int,
  config_version: Schema.Int,
  observations: Schema.Array(Schema.Struct({ bar: Bar, priced_at: Schema.Int })),
  signals: Schema.Array(Signal),
});

/** `agent.changed`. */
export const Changed = Schema.Struct({
  sequence: Schema.Int,
  from: Agent.State,
  to: Agent.State,
  config_version: Schema.Int,
  reason: Schema.String,
});

/** `signal.created`. */
export const Created = Schema.Struct({ run_id: Id.RunId, slot: Schema.Int, ...Signal.fields });

/** `pnl.updated`: the order's coordinates are null for the mark of the slot. */
export const Pnl = Schema.Struct({
  snapshot_id: Id.Uuid,
  slot: Schema.Int,
  order_id: Schema.NullOr(Id.OrderId),
  origin: Schema.NullOr(Origin),
  symbol: Schema.NullOr(Schema.String),
  equity: Money.SumFromString,
  realized_pnl: Money.SumFromString,
  unrealized_pnl: Money.SumFromString,
  fees: Money.SumFromString,
  drawdown: Money.CashFromString,
});

/** `market.tick`. */
export const MarketTick = Schema.Struct({
  symbol: Schema.String,
  price: Money.PriceFromString,
  volume: Volume,
  source: Schema.String,
});
