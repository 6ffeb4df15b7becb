import { Effect } from "effect";
import type { Agent } from "../Agents.ts";
import * as Agents from "../Agents.ts";
import { Buttons } from "../Buttons.ts";
import * as Command from "../Command.ts";
import * as Html from "../Html.ts";
import type { Client } from "../Strom.ts";
import { call } from "../Strom.ts";
import * as AgentView from "../views/AgentView.ts";

/** Each agent of an overview is asked for by itself. */
const MOST_AGENTS = 15;

const statsOf = (client: Client, agent: Agent) => call(client.agents.stats({ params: { id: agent.id } }));

const one = Effect.fnUntraced(function* (ask: Command.Ask, agent: Agent) {
  const buttons = yield* Buttons;
  const stats = yield* statsOf(ask.client, agent);
  const to = (label: string, command: string) => buttons.choose(label, command, agent.id);
  const move = agent.status === "RUNNING" ? to("Pause", "pause") : to("Start", "startagent");
  return {
    html: AgentView.status(agent, stats, ask.now),
    keyboard: [
      [to("Positions", "positions"), to("Trades", "trades"), to("PnL", "pnl")],
      [to("Refresh", "status"), move, to("Stop", "stop")],
    ],
  };
});

const several = Effect.fnUntraced(function* (ask: Command.Ask, agents: ReadonlyArray<Agent>) {
  const buttons = yield* Buttons;
  const shown = agents.slice(0, MOST_AGENTS);
  const rows = yield* Effect.forEach(
    shown,
    (agent) => Effect.map(statsOf(ask.client, agent), (stats) => ({ agent, stats })),
    { concurrency: 4 },
  );
  return {
    html: AgentView.overview(rows, agents.length - shown.length),
    keyboard: Agents.keyboard(buttons, "status", shown),
  };
});

export const status = Command.make({
  name: "status",
  usage: "[agent]",
  about: "equity and pnl, of all agents or of one",
  run: Effect.fnUntraced(function* (ask) {
    if (ask.args !== "") return yield* one(ask, yield* Agents.pick(ask, "status"));
    const agents = yield* Agents.all(ask.client);
    const [first] = agents;
    if (first === undefined) return { html: Agents.none };
    return agents.length === 1 ? yield* one(ask, first) : yield* several(ask, agents);
  }),
});

export const stats = Command.make({
  name: "stats",
  usage: "[agent]",
  about: "everything that is counted: win rate, Sharpe, drawdown, fees",
  run: Effect.fnUntraced(function* (ask) {
    const agent = yield* Agents.pick(ask, "stats");
    return { html: AgentView.stats(agent, yield* statsOf(ask.client, agent), ask.now) };
  }),
});

const PAGE = 10;

export const agents = Command.make({
  name: "agents",
  usage: "",
  about: "your agents, to choose from",
  run: Effect.fnUntraced(function* (ask) {
    const buttons = yield* Buttons;
    const query = ask.cursor === null ? { limit: PAGE } : { limit: PAGE, cursor: ask.cursor };
    const page = yield* call(ask.client.agents.list({ query }));
    if (page.items.length === 0) return { html: Agents.none };
    const lines = page.items.map(
      (agent) => `${AgentView.title(agent)} · ${Html.escape(agent.universe.symbols.slice(0, 3).join(", "))}`,
    );
    const more =
      page.next_cursor === null ? [] : [[buttons.more("More", "agents", ask.asker, "", page.next_cursor)]];
    return {
      html: Html.fit(lines, Html.maxText),
      keyboard: [...Agents.keyboard(buttons, "status", page.items), ...more],
    };
  }),
});
