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
import { title } from "../views/AgentView.ts";

const SPAN_MS = 86_400_000;
/** An agent is marked up to once a second: beyond two pages of marks, instants are asked for one by one. */
const PAGE = 200;
const PAGES = 2;
const SAMPLES = 60;

interface Marks {
  readonly items: ReadonlyArray<{ readonly ts: number; readonly equity: string }>;
  readonly next_cursor: string | null;
}

const pointOf = ({ ts, equity }: Marks["items"][number]): Point => ({ at: ts, equity: Number(equity) });

/** Equity of the last day, oldest first: every mark when there are few, else the last mark before each of 60 instants. */
const equity = Effect.fnUntraced(function* (client: Client, id: Id.AgentId, now: number) {
  const params = { id };
  const from = now - SPAN_MS;
  const points: Array<Point> = [];
  let cursor: string | null = "";
  for (let page = 0; page < PAGES && cursor !== null; page++) {
    const query = cursor === "" ? { from, limit: PAGE } : { from, limit: PAGE, cursor };
    const marks: Marks = yield* call(client.books.pnl({ params, query }));
    points.push(...marks.items.map(pointOf));
    cursor = marks.next_cursor;
  }
  if (cursor === null) return points.reverse();

  const oldest = yield* oldestAfter(client, id, from, points.at(-1)?.at ?? now);
  const newest = points[0]?.at ?? now;
  const instants = Array.from(
    { length: SAMPLES },
    (_, index) => oldest + ((newest - oldest) * (index + 1)) / SAMPLES,
  );
  const sampled = yield* Effect.forEach(
    instants,
    (to) => call(client.books.pnl({ params, query: { to: Math.round(to) + 1, limit: 1 } })),
    { concurrency: 4 },
  );
  return sampled.flatMap(({ items }) => items.map(pointOf));
});

/** Where marks begin inside the span, found by halving: lists are newest first. */
const oldestAfter = Effect.fnUntraced(function* (
  client: Client,
  id: Id.AgentId,
  from: number,
  known: number,
) {
  let [empty, full] = [from, known];
  while (full - empty > 60_000) {
    const middle = Math.floor((empty + full) / 2);
    const { items } = yield* call(
      client.books.pnl({ params: { id }, query: { from, to: middle, limit: 1 } }),
    );
    const [mark] = items;
    if (mark === undefined) empty = middle;
    else full = Math.min(mark.ts, middle);
  }
  return full;
});

export const pnl = Command.make({
  name: "pnl",
  usage: "[agent]",
  about: "profit and loss, with a chart",
  run: Effect.fnUntraced(function* (ask) {
    const agent = yield* Agents.pick(ask, "pnl");
    const stats = yield* call(ask.client.agents.stats({ params: { id: agent.id } }));
    const points = yield* equity(ask.client, agent.id, ask.now);
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
