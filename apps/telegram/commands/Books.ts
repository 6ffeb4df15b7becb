import { Effect } from "effect";
import * as Agents from "../Agents.ts";
import { Buttons } from "../Buttons.ts";
import * as Command from "../Command.ts";
import { instead } from "../Reply.ts";
import { call } from "../Strom.ts";
import * as BookView from "../views/BookView.ts";

const USUAL_TRADES = 10;
/** A line is up to some 60 characters, and a message holds 4096. */
const MOST_TRADES = 50;

/** "momentum 20", "20" and "momentum": an agent's name, if any, and how many, if said. */
const split = (args: string): { readonly name: string; readonly count: number | null } => {
  const parts = /^(.*?)\s*(?:^|\s)(\d{1,6})$/su.exec(args);
  return parts === null
    ? { name: args, count: null }
    : { name: (parts[1] ?? "").trim(), count: Number(parts[2]) };
};

export const positions = Command.make({
  name: "positions",
  usage: "[agent]",
  about: "what an agent holds",
  run: Effect.fnUntraced(function* (ask) {
    const agent = yield* Agents.pick(ask, "positions");
    const page = yield* call(ask.client.books.positions({ params: { id: agent.id }, query: { limit: 50 } }));
    return { html: BookView.positions(agent, page.items) };
  }),
});

export const trades = Command.make({
  name: "trades",
  usage: "[agent] [n]",
  about: "its last n fills",
  run: Effect.fnUntraced(function* (ask) {
    const buttons = yield* Buttons;
    const { name, count } = split(ask.args);
    if (count !== null && (count < 1 || count > MOST_TRADES)) {
      return yield* instead(
        `${count} trades? It should be 1 to ${MOST_TRADES}: <code>/trades NAME 20</code>.`,
      );
    }
    const limit = count ?? USUAL_TRADES;
    // An agent may be called "momentum 20".
    const isName = count !== null && Agents.matching(yield* Agents.all(ask.client), ask.args).length > 0;
    const agent = yield* Agents.pick(ask, "trades", isName ? ask.args : name);
    const query = ask.cursor === null ? { limit } : { limit, cursor: ask.cursor };
    const page = yield* call(ask.client.books.trades({ params: { id: agent.id }, query }));
    const next = page.next_cursor;
    return {
      html: BookView.trades(agent, page.items, ask.now),
      keyboard:
        next === null ? [] : [[buttons.more("Older", "trades", ask.asker, `${agent.id} ${limit}`, next)]],
    };
  }),
});

export const risk = Command.make({
  name: "risk",
  usage: "[agent]",
  about: "why orders were rejected",
  run: Effect.fnUntraced(function* (ask) {
    const agent = yield* Agents.pick(ask, "risk");
    const params = { id: agent.id };
    const { rejections } = yield* call(ask.client.agents.stats({ params }));
    const page = yield* call(
      ask.client.books.riskDecisions({ params, query: { limit: 10, status: "REJECTED" } }),
    );
    return { html: BookView.rejections(agent, rejections, page.items, ask.now) };
  }),
});
