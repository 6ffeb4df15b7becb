import type * as AgentsApi from "@strom/adapters/http/AgentsApi.ts";
import type { Keyboard } from "@strom/adapters/telegram/BotApi.ts";
import { Effect } from "effect";
import { Buttons } from "./Buttons.ts";
import type { Ask } from "./Command.ts";
import * as Html from "./Html.ts";
import { instead } from "./Reply.ts";
import type { Client } from "./Strom.ts";
import { call } from "./Strom.ts";
import * as Text from "./Text.ts";

export type Agent = typeof AgentsApi.Agent.Type;

/** More agents than this nobody picks from a list. */
const MOST_AGENTS = 1_000;
const MOST_BUTTONS = 30;

/** Every agent of the caller, newest first. */
export const all = Effect.fnUntraced(function* (client: Client) {
  const agents: Array<Agent> = [];
  let query: { readonly limit: number; readonly cursor?: string } | null = { limit: 200 };
  while (query !== null && agents.length < MOST_AGENTS) {
    const page: Effect.Success<ReturnType<typeof client.agents.list>> = yield* call(
      client.agents.list({ query }),
    );
    agents.push(...page.items);
    query = page.next_cursor === null ? null : { limit: 200, cursor: page.next_cursor };
  }
  return agents;
});

/** Every agent of the caller in this state, however many. */
const inState = Effect.fnUntraced(function* (client: Client, status: Agent["status"]) {
  const agents: Array<Agent> = [];
  let cursor: string | undefined;
  do {
    const query = cursor === undefined ? { limit: 200, status } : { limit: 200, status, cursor };
    const page: Effect.Success<ReturnType<typeof client.agents.list>> = yield* call(
      client.agents.list({ query }),
    );
    agents.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return agents;
});

/** Agents the kill switch stops. */
export const stoppable = Effect.fnUntraced(function* (client: Client) {
  return [...(yield* inState(client, "RUNNING")), ...(yield* inState(client, "PAUSED"))];
});

const fold = (text: string): string => Text.inline(text, 1_000).normalize("NFKC").toLocaleLowerCase("en");

/** Agents a text may mean: those of that very name or id, else those that begin so. */
export const matching = (agents: ReadonlyArray<Agent>, text: string): ReadonlyArray<Agent> => {
  const wanted = fold(text);
  const exact = agents.filter(({ id, name }) => id === wanted || fold(name) === wanted);
  if (exact.length > 0) return exact;
  return agents.filter(
    ({ id, name }) => fold(name).startsWith(wanted) || (wanted.length >= 4 && id.startsWith(wanted)),
  );
};

/** A button for each agent, two a row. */
export const keyboard = (
  buttons: Buttons["Service"],
  command: string,
  agents: ReadonlyArray<Agent>,
): Keyboard => {
  const each = agents
    .slice(0, MOST_BUTTONS)
    .map(({ id, name, status }) => buttons.choose(`${Text.inline(name, 24)} · ${status}`, command, id));
  return each.flatMap((button, index) => {
    const next = each[index + 1];
    return index % 2 === 1 ? [] : [next === undefined ? [button] : [button, next]];
  });
};

export const none =
  "You have no agents yet. Create one in the web page, or with <code>POST /v1/agents</code>.";

/** The one agent a command is about; asks back when that is not clear. */
export const pick = Effect.fnUntraced(function* (ask: Ask, command: string, wanted: string = ask.args) {
  const buttons = yield* Buttons;
  const agents = yield* all(ask.client);
  if (agents.length === 0) return yield* instead(none);
  const found = wanted === "" ? agents : matching(agents, wanted);
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) return first;
  const question =
    found.length === 0
      ? `No agent is called ${Html.code(Text.inline(wanted))}. Which one?`
      : `Which agent? You can also write <code>/${command} NAME</code>.`;
  return yield* instead(question, keyboard(buttons, command, found.length === 0 ? agents : found));
});
