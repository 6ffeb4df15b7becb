import type { Event, Wire } from "../Event.ts";
import * as FillModel from "../FillModel.ts";
import * as Id from "../Id.ts";
import type { Coordinates, Draft } from "../Intent.ts";
import * as Intent from "../Intent.ts";
import * as Money from "../Money.ts";
import * as Run from "../Run.ts";
import type { Signal } from "../Signal.ts";
import * as Signals from "../Signal.ts";
import * as Snapshot from "../Snapshot.ts";
import type * as Payload from "./Payload.ts";
import * as Topic from "./Topic.ts";

/** The JSON of an event: `{ id, topic, version, agent_id, at, payload }`. */
export const encode = (event: Event): Wire => ({
  id: event.id,
  topic: Topic.PREFIX + event._tag,
  version: Topic.VERSION,
  ...(event._tag === "market.tick" ? {} : { agent_id: event.agentId }),
  at: new Date(event.at).toISOString(),
  payload: payloadOf(event),
});

const payloadOf = (event: Event): Wire["payload"] => {
  switch (event._tag) {
    case "agent.tick":
      return {
        slot: event.slot,
        frequency_seconds: event.frequencySeconds,
        missed: event.missed,
      } satisfies typeof Payload.Tick.Encoded;
    case "agent.run":
      return {
        run_id: Run.id(event.run),
        slot: event.run.slot,
        config_version: event.configVersion,
        observations: event.run.observations.map(({ bar, pricedAt }) => ({ bar, priced_at: pricedAt })),
        signals: event.run.signals.map(signal),
      } satisfies typeof Payload.Run.Encoded;
    case "agent.changed":
      return {
        sequence: event.sequence,
        from: event.from,
        to: event.to,
        config_version: event.configVersion,
        reason: event.reason,
      } satisfies typeof Payload.Changed.Encoded;
    case "signal.created":
      return {
        run_id: Id.run(event.agentId, event.signal.slot),
        slot: event.signal.slot,
        ...signal(event.signal),
      } satisfies typeof Payload.Created.Encoded;
    case "order.intent":
      return draft(event.order);
    case "order.rejected":
      return {
        ...draft(event.order),
        reason: event.reason,
        rules: event.rules,
      } satisfies typeof Payload.Rejected.Encoded;
    case "order.filled":
      return {
        ...coordinates(event.order),
        trade_id: Id.trade(Intent.orderId(event.order), FillModel.FILL_NUMBER),
        side: event.fill.side,
        qty: Money.format(event.fill.qty),
        price: Money.format(event.fill.price),
        fee: Money.format(event.fill.fee),
        realized_pnl: Money.format(event.realized),
        position_qty: Money.format(event.position),
      } satisfies typeof Payload.Filled.Encoded;
    case "pnl.updated":
      return {
        snapshot_id:
          event.order === null
            ? Snapshot.runId(event.agentId, event.slot)
            : Snapshot.fillId(Intent.orderId(event.order), FillModel.FILL_NUMBER),
        slot: event.slot,
        order_id: event.order === null ? null : Intent.orderId(event.order),
        origin: event.order?.origin ?? null,
        symbol: event.order?.symbol ?? null,
        equity: Money.format(event.snapshot.equity),
        realized_pnl: Money.format(event.snapshot.realized),
        unrealized_pnl: Money.format(event.snapshot.unrealized),
        fees: Money.format(event.snapshot.fees),
        drawdown: Money.format(event.snapshot.drawdown),
      } satisfies typeof Payload.Pnl.Encoded;
    case "market.tick":
      return {
        symbol: event.symbol,
        price: Money.format(event.price),
        volume: event.volume,
        source: event.source,
      } satisfies typeof Payload.MarketTick.Encoded;
  }
};

const coordinates = (order: Coordinates) => ({
  order_id: Intent.orderId(order),
  signal_id: Intent.signalId(order),
  run_id: Intent.runId(order),
  slot: order.slot,
  origin: order.origin,
  symbol: order.symbol,
});

const signal = (said: Signal): typeof Payload.Signal.Encoded => ({
  signal_id: Signals.id(said),
  origin: said.origin,
  symbol: said.symbol,
  side: said.side,
  confidence: said.confidence,
  rationale: said.rationale,
});

const draft = (order: Draft): typeof Payload.Draft.Encoded => {
  const marks: Record<string, string> = {};
  for (const [symbol, price] of Object.entries(order.marks)) marks[symbol] = Money.format(price);
  return {
    ...coordinates(order),
    side: order.side,
    qty: Money.format(order.qty),
    price: Money.format(order.price),
    volume: order.volume,
    marks,
    peak_equity: Money.format(order.peakEquity),
    fill: { ...order.fill, minimum_fee: Money.format(order.fill.minimum_fee) },
    seed: order.seed.toString(),
  };
};
