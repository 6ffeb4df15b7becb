import { Effect } from "effect";
import type { Agent } from "./Agents.ts";
import * as Agents from "./Agents.ts";
import * as Figures from "./Figures.ts";
import * as Html from "./Html.ts";
import type { Client } from "./Strom.ts";
import { call } from "./Strom.ts";
import * as Table from "./Table.ts";
import * as Text from "./Text.ts";

/** A day, or what has passed of it: from its first millisecond to before `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What an agent did in a span. */
interface Line {
  readonly agent: Agent;
  readonly equity: string;
  /** Gained since the span began: money paid in or taken out is neither gain nor loss. */
  readonly change: string;
  readonly fills: string;
}

const MOST_AGENTS = 30;
const MOST_FILLS = 200;

/** The last mark before an instant; an agent not marked before is worth the capital it was given. */
const markBefore = Effect.fnUntraced(function* (client: Client, agent: Agent, at: number) {
  const query = { to: at, limit: 1 };
  const page = yield* call(client.books.pnl({ params: { id: agent.id }, query }));
  const { equity, capital } = page.items[0] ?? { equity: agent.capital, capital: agent.capital };
  return { equity, gained: Figures.difference(equity, capital) };
});

const lineOf = Effect.fnUntraced(function* (client: Client, agent: Agent, span: Span) {
  const before = yield* markBefore(client, agent, span.from);
  const { equity, gained } = yield* markBefore(client, agent, span.to);
  const query = { from: span.from, to: span.to, limit: MOST_FILLS };
  const trades = yield* call(client.books.trades({ params: { id: agent.id }, query }));
  const line: Line = {
    agent,
    equity,
    change: Figures.difference(gained, before.gained),
    fills: `${trades.items.length}${trades.next_cursor === null ? "" : "+"}`,
  };
  return line;
});

const DAY_MS = 86_400_000;

/** The UTC day an instant is in, up to that instant. */
export const today = (now: number): Span => ({ from: Math.floor(now / DAY_MS) * DAY_MS, to: now });

/** The UTC day before the one an instant is in. */
export const yesterday = (now: number): Span => {
  const to = Math.floor(now / DAY_MS) * DAY_MS;
  return { from: to - DAY_MS, to };
};

/** What every agent of a user did in a span, as one message; null without agents. */
export const make = Effect.fnUntraced(function* (client: Client, span: Span) {
  const agents = (yield* Agents.all(client)).filter(({ created_at }) => created_at < span.to);
  if (agents.length === 0) return null;
  const shown = agents.slice(0, MOST_AGENTS);
  const lines = yield* Effect.forEach(shown, (agent) => lineOf(client, agent, span), { concurrency: 4 });
  const rows = lines.map(({ agent, equity, change, fills }) => [
    Text.inline(agent.name, 18),
    Figures.money(equity),
    Figures.change(change),
    fills,
  ]);
  const total = [
    "all",
    Figures.money(Figures.sum(lines.map(({ equity }) => equity))),
    Figures.change(Figures.sum(lines.map(({ change }) => change))),
    "",
  ];
  const table = Table.lines(
    ["left", "right", "right", "right"],
    [["agent", "equity", "day", "fills"], ...rows, ...(rows.length > 1 ? [total] : [])],
  );
  const more = agents.length > shown.length ? `\n… and ${agents.length - shown.length} more` : "";
  return `${Html.bold(Figures.date(span.from))} (UTC)\n${Html.pre(table.join("\n"))}${more}`;
});
