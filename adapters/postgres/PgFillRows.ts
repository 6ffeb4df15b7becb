import type { Engine } from "@strom/core";
import { FillModel, Id, Intent, Ledger, Money, Snapshot } from "@strom/core";
import * as PgPnl from "./PgPnl.ts";
import * as Row from "./PgRow.ts";

/** What a fill becomes in the record: the rows execution writes, and the rows a verification expects to find. */

export type Settlements = ReadonlyArray<Engine.Settlement>;

const tradeId = (order: Intent.Coordinates): Id.TradeId =>
  Id.trade(Intent.orderId(order), FillModel.FILL_NUMBER);

export const fills = (settlements: Settlements) =>
  settlements.map(({ order, fill }) => ({
    order_id: Intent.orderId(order),
    trade_id: tradeId(order),
    agent_id: order.agentId,
    symbol: fill.symbol,
    side: fill.side,
    qty: Money.format(fill.qty),
    price: Money.format(fill.price),
    fee: Money.format(fill.fee),
    fill_number: FillModel.FILL_NUMBER,
    ts: Row.iso(fill.at),
  }));

export const entries = (settlements: Settlements) =>
  settlements.flatMap(({ order, fill, entries }) =>
    entries.map(({ leg, account, amount }) => ({
      agent_id: order.agentId,
      trade_id: tradeId(order),
      leg,
      account,
      amount: Money.format(amount),
      at: Row.iso(fill.at),
    })),
  );

const positionRow = (agentId: Id.AgentId, symbol: string, position: Ledger.Position) => ({
  id: Id.derive("position", agentId, symbol),
  agent_id: agentId,
  symbol,
  net_qty: Money.format(position.qty),
  avg_price: Money.format(Ledger.averagePrice(position)),
  cost_basis: Money.format(position.costBasis),
  last_fill_at: position.lastFillAt === null ? null : Row.iso(position.lastFillAt),
});

/** Where each position and account that was touched stands after the batch. */
export const positions = (settlements: Settlements) => {
  const rows = new Map<string, ReturnType<typeof positionRow>>();
  for (const { order, account } of settlements) {
    const position = Ledger.position(account, order.symbol);
    rows.set(`${order.agentId}/${order.symbol}`, positionRow(order.agentId, order.symbol, position));
  }
  return [...rows.values()];
};

/** Every position of an account. */
export const standing = (agentId: Id.AgentId, account: Ledger.Account) =>
  Object.entries(account.positions).map(([symbol, position]) => positionRow(agentId, symbol, position));

/** The sums of an account. */
export const accountRow = (agentId: Id.AgentId, { cash, realized, fees }: Ledger.Account) => ({
  agent_id: agentId,
  cash: Money.format(cash),
  realized_pnl: Money.format(realized),
  fees: Money.format(fees),
});

export const accounts = (settlements: Settlements) => {
  const last = new Map(settlements.map(({ order, account }) => [order.agentId, account]));
  return [...last].map(([agentId, account]) => accountRow(agentId, account));
};

export const snapshots = (settlements: Settlements) =>
  settlements.map(({ order, snapshot }) => {
    const id = Snapshot.fillId(Intent.orderId(order), FillModel.FILL_NUMBER);
    return PgPnl.row(id, order.agentId, order.slot, "FILL", snapshot);
  });
