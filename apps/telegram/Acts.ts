import { Effect } from "effect";
import type { Agent } from "./Agents.ts";
import * as Agents from "./Agents.ts";
import type { Pressed } from "./Buttons.ts";
import * as Html from "./Html.ts";
import { Links } from "./Links.ts";
import * as Sentences from "./Sentences.ts";
import type { Asker, Client } from "./Strom.ts";
import { call, Strom, StromRefused } from "./Strom.ts";
import * as Text from "./Text.ts";

type Confirmed = Extract<Pressed, { readonly _tag: "Confirmed" }>;

const nameOf = (agent: Agent): string => Html.bold(Text.inline(agent.name));

/** The key under which the API does this once, however often the button is tapped or its update delivered. */
const keyOf = ({ nonce }: Confirmed, agent?: Agent): { readonly "idempotency-key": string } => ({
  "idempotency-key": agent === undefined ? `telegram-${nonce}` : `telegram-${nonce}-${agent.id}`,
});

const stopAll = Effect.fnUntraced(function* (client: Client, confirmed: Confirmed) {
  const agents = yield* Agents.stoppable(client);
  if (agents.length === 0) return "No agent is running or paused.";
  const lines = yield* Effect.forEach(
    agents,
    (agent) =>
      call(client.agents.stop({ params: { id: agent.id }, headers: keyOf(confirmed, agent) })).pipe(
        Effect.map((stopped) => `${nameOf(stopped)} is now ${stopped.status}`),
        Effect.catchTag("StromRefused", ({ detail }) =>
          Effect.succeed(`${nameOf(agent)} was not stopped: ${Html.escape(Text.inline(detail, 200))}`),
        ),
      ),
    { concurrency: 4 },
  );
  return Html.fit(lines, Html.maxText);
});

/** Does what was confirmed, and says what came of it. */
export const perform = Effect.fn("Acts.perform")(function* (asker: Asker, confirmed: Confirmed) {
  const strom = yield* Strom;
  const links = yield* Links;
  const client = yield* strom.as(asker);
  const { act, agentId } = confirmed;
  if (act === "stopall") return yield* stopAll(client, confirmed);
  if (act === "unlink") {
    yield* call(strom.bot.telegramBot.end({ params: { chat_id: asker.chatId } }));
    yield* links.drop(asker.chatId);
    return Sentences.unlinked;
  }
  if (agentId === null) {
    return yield* new StromRefused({
      status: 404,
      code: "agent_not_found",
      detail: "there is no such agent",
    });
  }
  const agent = yield* call(client.agents[act]({ params: { id: agentId }, headers: keyOf(confirmed) }));
  return `${nameOf(agent)} is now ${agent.status}.`;
});
