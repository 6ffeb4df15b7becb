import type { Id } from "@strom/core";
import { Effect } from "effect";
import * as Agents from "../Agents.ts";
import * as Command from "../Command.ts";
import type { Point } from "../chart/EquityChart.ts";
import * as EquityChart from "../chart/EquityChart.ts";
import * as Figures from "../Figures.ts";
import * as Html from "../Html.ts";
import type { Client } from "../Strom.ts";
import { call } from "../Strom.ts";
import type { Stats } from "../views/AgentView.ts";
import { title } from "../views/AgentView.ts";

const SPAN_MS = 86_400_000;
const POINTS = 150;

/** Equity of the last day, oldest first: at most as many marks as the picture can show. */
const equity = Effect.fnUntraced(function* (client: Client, id: Id.AgentId, stats: Stats, now: number) {
  const from = now - SPAN_MS;
  const began = Math.max(from, stats.first_run_at ?? from);
  const lived = Math.max(0, (stats.last_run_at ?? now) - began);
  const every_seconds = Math.max(1, Math.ceil(lived / 1000 / POINTS));
  const { items } = yield* call(
    client.books.pnl({ params: { id }, query: { from, every_seconds, limit: 200 } }),
  );
  return items.map(({ ts, equity }): Point => ({ at: ts, equity: Number(equity) })).reverse();
});

export const pnl = Command.make({
  name: "pnl",
  usage: "[agent]",
  about: "profit and loss, with a chart",
  run: Effect.fnUntraced(function* (ask) {
    const agent = yield* Agents.pick(ask, "pnl");
    const stats = yield* call(ask.client.agents.stats({ params: { id: agent.id } }));
    const points = yield* equity(ask.client, agent.id, stats, ask.now);
    const html = [
      title(agent),
      `equity ${Html.bold(Figures.money(stats.equity))}, pnl ${Html.bold(Figures.change(stats.pnl))} (${Figures.signedPercent(stats.return_fraction)})`,
      `realized ${Figures.change(stats.realized_pnl)}, unrealized ${Figures.change(stats.unrealized_pnl)}, fees ${Figures.money(stats.fees)}`,
      `drawdown ${Figures.percent(stats.drawdown)}, deepest ${Figures.percent(stats.max_drawdown)}`,
    ].join("\n");
    const png = EquityChart.draw(points, Number(stats.capital));
    return png === null ? { html: `${html}\nNo chart yet: it has not been marked.` } : { html, png };
  }),
});
