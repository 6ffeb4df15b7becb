import type * as BooksApi from "@strom/adapters/http/BooksApi.ts";
import type { Agent } from "../Agents.ts";
import * as Figures from "../Figures.ts";
import * as Html from "../Html.ts";
import * as Table from "../Table.ts";
import * as Text from "../Text.ts";
import { title } from "./AgentView.ts";

export type Trade = typeof BooksApi.Trade.Type;
export type Position = typeof BooksApi.Position.Type;
export type RiskDecision = typeof BooksApi.RiskDecision.Type;

const table = (
  aligns: Parameters<typeof Table.lines>[0],
  rows: ReadonlyArray<ReadonlyArray<string>>,
): string => Html.pre(Table.lines(aligns, rows).join("\n"));

/** What an agent holds; positions that were closed are left out. */
export const positions = (agent: Agent, items: ReadonlyArray<Position>): string => {
  const open = items.filter(({ net_qty }) => !/^-?[0.]*$/.test(net_qty));
  if (open.length === 0) return `${title(agent)}\nNo open positions.`;
  const rows = open.map((position) => [
    Text.inline(position.symbol, 24),
    Figures.exact(position.net_qty),
    Figures.exact(position.avg_price),
    position.mark === null ? "–" : Figures.exact(position.mark),
    position.unrealized_pnl === null ? "–" : Figures.change(position.unrealized_pnl),
  ]);
  const heads = ["symbol", "qty", "avg", "mark", "pnl"];
  return `${title(agent)}\n${table(["left", "right", "right", "right", "right"], [heads, ...rows])}`;
};

export const trades = (agent: Agent, items: ReadonlyArray<Trade>, now: number): string => {
  if (items.length === 0) return `${title(agent)}\nNo trades yet.`;
  const rows = items.map((trade) => [
    Figures.time(trade.ts, now),
    trade.side,
    Figures.exact(trade.qty),
    Text.inline(trade.symbol, 24),
    Figures.exact(trade.price),
  ]);
  return `${title(agent)}\n${table(["left", "left", "right", "left", "right"], rows)}`;
};

/** Why orders of an agent were rejected: how often by code, then the last ones in words. */
export const rejections = (
  agent: Agent,
  counts: Readonly<Record<string, number>>,
  items: ReadonlyArray<RiskDecision>,
  now: number,
): string => {
  const rows = Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([code, count]) => [code, String(count)]);
  if (rows.length === 0 && items.length === 0) return `${title(agent)}\nNo order was rejected.`;
  const reasons = items.map(({ at, side, symbol, code, reason }) => {
    const why = Html.escape(Text.inline(reason ?? code ?? "no reason given", 140));
    return `${Figures.time(at, now)} ${side} ${Html.escape(Text.inline(symbol, 24))}: ${why}`;
  });
  const counted = rows.length === 0 ? "" : `\n${table(["left", "right"], rows)}`;
  const head = `${title(agent)}${counted}`;
  return Html.fit([head, ...reasons], Html.maxText);
};
