import { TelegramPreferences } from "@strom/core/ports";
import { Effect, Schema } from "effect";
import * as Command from "../Command.ts";
import * as Html from "../Html.ts";
import { Links } from "../Links.ts";
import { instead } from "../Reply.ts";
import { call, Strom } from "../Strom.ts";
import * as Table from "../Table.ts";
import * as Text from "../Text.ts";

const kinds = {
  fills: "each order that was filled",
  rejects: "each order that was rejected",
  errors: "an agent that stopped on an error",
  daily: "a summary of each day, after midnight UTC",
} as const;
type Kind = keyof typeof kinds;

const isKind = (text: string): text is Kind => Object.hasOwn(kinds, text);
const isLoudness = Schema.is(TelegramPreferences.Loudness);

const usage = "It should be <code>/notify fills|rejects|errors|daily on|silent|off</code>.";

const show = (preferences: TelegramPreferences.Preferences): string => {
  const rows = Object.entries(kinds).map(([kind, what]) => [
    kind,
    isKind(kind) ? preferences[kind] : "",
    what,
  ]);
  return `${Html.pre(Table.lines(["left", "left", "left"], rows).join("\n"))}\nChange it with <code>/notify fills silent</code>.`;
};

export const notify = Command.make({
  name: "notify",
  usage: "fills|rejects|errors|daily on|silent|off",
  about: "what this chat is told of",
  run: Effect.fnUntraced(function* (ask) {
    if (ask.args === "") return { html: show(ask.link.preferences) };
    const [kind = "", loudness = "", ...rest] = ask.args.toLowerCase().split(/\s+/);
    if (!isKind(kind)) {
      return yield* instead(`There are no notices called ${Html.code(Text.inline(kind, 30))}. ${usage}`);
    }
    if (!isLoudness(loudness) || rest.length > 0) {
      const given = [loudness, ...rest].join(" ");
      return yield* instead(
        `${Html.code(kind)} cannot be ${Html.code(given === "" ? "nothing" : Text.inline(given, 30))}. ${usage}`,
      );
    }
    const { bot } = yield* Strom;
    const links = yield* Links;
    const preferences = { ...ask.link.preferences, [kind]: loudness };
    const changed = yield* call(
      bot.telegramBot.change({ params: { chat_id: ask.asker.chatId }, payload: { preferences } }),
    );
    yield* links.put({
      ...changed,
      position: links.find(ask.asker.chatId, ask.asker.userId)?.position ?? changed.position,
    });
    return { html: `${kind}: ${Html.bold(loudness)}` };
  }),
});
