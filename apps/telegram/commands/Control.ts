import { Effect } from "effect";
import * as Agents from "../Agents.ts";
import type { Act } from "../Buttons.ts";
import { Buttons, confirmWithinMs } from "../Buttons.ts";
import * as Command from "../Command.ts";
import * as Html from "../Html.ts";
import { instead } from "../Reply.ts";
import * as Text from "../Text.ts";

const minutes = confirmWithinMs / 60_000;
const waits = `The button works for ${minutes} minutes.`;

/** Asks whether one agent should really be moved; says so when it cannot be. */
const move = (name: string, act: Extract<Act, "start" | "pause" | "stop">, about: string, means: string) =>
  Command.make({
    name,
    usage: "[agent]",
    about,
    run: Effect.fnUntraced(function* (ask) {
      const buttons = yield* Buttons;
      const agent = yield* Agents.pick(ask, name);
      if (!agent.allowed.includes(act)) {
        const allowed = agent.allowed.filter((event) => event !== "configure").join(", ");
        return yield* instead(
          `${Html.bold(Text.inline(agent.name))} is ${agent.status}; it can be told to ${allowed === "" ? "do nothing" : allowed}.`,
        );
      }
      const verb = act.charAt(0).toUpperCase() + act.slice(1);
      return {
        html: `${verb} ${Html.bold(Text.inline(agent.name))}? It is ${agent.status}. ${means} ${waits}`,
        keyboard: buttons.confirm(`Confirm ${act}`, act, ask.asker, agent.id, ask.now),
      };
    }),
  });

export const startagent = move("startagent", "start", "starts an agent", "It will trade on paper.");
export const pause = move(
  "pause",
  "pause",
  "pauses an agent",
  "Nothing is approved until it is started again.",
);
export const stop = move("stop", "stop", "stops an agent", "Nothing is approved after that.");

export const stopall = Command.make({
  name: "stopall",
  usage: "",
  about: "kill switch: stops every agent of yours",
  run: Effect.fnUntraced(function* (ask) {
    const buttons = yield* Buttons;
    const agents = yield* Agents.stoppable(ask.client);
    if (agents.length === 0) return yield* instead("No agent is running or paused.");
    const names = agents.map(({ name }) => Html.escape(Text.inline(name)));
    const count = agents.length === 1 ? "1 agent" : `${agents.length} agents`;
    return {
      html: Html.fit([`Stop ${count}? ${waits}`, ...names], 2_000),
      keyboard: buttons.confirm(`Confirm stop of ${count}`, "stopall", ask.asker, null, ask.now),
    };
  }),
});

export const unlink = Command.make({
  name: "unlink",
  usage: "",
  about: "takes your account from this chat",
  run: Effect.fnUntraced(function* (ask) {
    const buttons = yield* Buttons;
    return {
      html: `Unlink this chat from ${Html.bold(Text.inline(ask.link.email))}? It will be told nothing any more; your agents go on. ${waits}`,
      keyboard: buttons.confirm("Confirm unlink", "unlink", ask.asker, null, ask.now),
    };
  }),
});
