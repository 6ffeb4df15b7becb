import type * as AgentsApi from "@strom/adapters/http/AgentsApi.ts";
import type { Agent } from "../Agents.ts";
import * as Figures from "../Figures.ts";
import * as Html from "../Html.ts";
import * as Table from "../Table.ts";
import * as Text from "../Text.ts";

export type Stats = typeof AgentsApi.Stats.Type;

/** Its name and what it does at the moment. */
export const title = (agent: Agent): string => `${Html.bold(Text.inline(agent.name))} · ${agent.status}`;

const dash = "–";
const percentOr = (fraction: number | null): string => (fraction === null ? dash : Figures.percent(fraction));

const UNPRICED_MOST = 5;

/** Why an agent that runs does nothing on some symbols, one a line. */
const unpriced = ({ unpriced }: Stats, now: number): ReadonlyArray<string> => {
  const lines = unpriced.slice(0, UNPRICED_MOST).map(({ symbol, last_price_at }) => {
    const when = last_price_at === null ? "yet" : `since ${Figures.time(last_price_at, now)}`;
    return `no price for ${Html.escape(Text.inline(symbol))} ${when}`;
  });
  const left = unpriced.length - lines.length;
  return left > 0 ? [...lines, `… nor for ${left} more`] : lines;
};

/** Where one agent stands. */
export const status = (agent: Agent, stats: Stats, now: number): string => {
  const rows = [
    ["equity", Figures.money(stats.equity)],
    ["pnl", `${Figures.change(stats.pnl)} (${Figures.signedPercent(stats.return_fraction)})`],
    ["drawdown", Figures.percent(stats.drawdown)],
    ["open positions", String(stats.open_positions)],
    ["fills", String(stats.fills)],
    ["last run", stats.last_run_at === null ? dash : Figures.time(stats.last_run_at, now)],
  ];
  const symbols = agent.universe.symbols.map((symbol) => Text.inline(symbol)).join(", ");
  const strategies = agent.strategies.map(({ key }) => key).join(", ");
  const lines = [
    title(agent),
    Html.pre(Table.lines(["left", "right"], rows).join("\n")),
    Html.escape(Text.inline(`every ${agent.frequency_seconds} s on ${symbols}`, 300)),
    Html.escape(strategies === "" ? "no strategies" : Text.inline(strategies, 300)),
  ];
  if (agent.status === "RUNNING") lines.push(...unpriced(stats, now));
  if (agent.last_error !== null) lines.push(`last error: ${Html.escape(Text.inline(agent.last_error, 300))}`);
  return lines.join("\n");
};

/** Several agents, one a line. */
export const overview = (
  agents: ReadonlyArray<{ readonly agent: Agent; readonly stats: Stats }>,
  left: number,
): string => {
  const rows = agents.map(({ agent, stats }) => [
    Text.inline(agent.name, 18),
    agent.status.toLowerCase(),
    Figures.money(stats.equity),
    Figures.signedPercent(stats.return_fraction),
  ]);
  const table = Table.lines(
    ["left", "left", "right", "right"],
    [["agent", "status", "equity", "pnl"], ...rows],
  );
  const more = left > 0 ? `\n… and ${left} more: <code>/status NAME</code>` : "";
  return `${Html.pre(table.join("\n"))}${more}`;
};

/** Everything that is counted about one agent. */
export const stats = (agent: Agent, of: Stats, now: number): string => {
  const rejected = Object.values(of.rejections).reduce((sum, count) => sum + count, 0);
  const rows = [
    ["capital", Figures.money(of.capital)],
    ["equity", Figures.money(of.equity)],
    ["cash", Figures.money(of.cash)],
    ["realized pnl", Figures.change(of.realized_pnl)],
    ["unrealized pnl", Figures.change(of.unrealized_pnl)],
    ["fees", Figures.money(of.fees)],
    ["return", Figures.signedPercent(of.return_fraction)],
    ["drawdown", Figures.percent(of.drawdown)],
    ["max drawdown", Figures.percent(of.max_drawdown)],
    ["win rate", percentOr(of.win_rate)],
    ["Sharpe", of.sharpe === null ? dash : of.sharpe.toFixed(2)],
    ["fills", String(of.fills)],
    ["of these closing", String(of.closing_fills)],
    ["rejected", String(rejected)],
    ["missed ticks", String(of.missed_ticks)],
    ["last run", of.last_run_at === null ? dash : Figures.time(of.last_run_at, now)],
  ];
  return `${title(agent)}\n${Html.pre(Table.lines(["left", "right"], rows).join("\n"))}`;
};
