import { Effect } from "effect";
import * as Agents from "../Agents.ts";
import { Buttons } from "../Buttons.ts";
import * as Command from "../Command.ts";
import * as DaySummary from "../DaySummary.ts";
import * as Figures from "../Figures.ts";
import * as Html from "../Html.ts";
import type { State } from "../Standing.ts";
import { Standing } from "../Standing.ts";
import { call, Strom } from "../Strom.ts";
import * as Table from "../Table.ts";
import * as Text from "../Text.ts";
import { version as number } from "../Version.ts";

export const daily = Command.make({
  name: "daily",
  usage: "",
  about: "what today brought so far",
  run: Effect.fnUntraced(function* (ask) {
    return { html: (yield* DaySummary.make(ask.client, DaySummary.today(ask.now))) ?? Agents.none };
  }),
});

const PAGE = 12;

export const strategies = Command.make({
  name: "strategies",
  usage: "",
  about: "what agents can be given to trade by",
  run: Effect.fnUntraced(function* (ask) {
    const buttons = yield* Buttons;
    const { items } = yield* call(ask.client.strategies.list());
    const from = Number(ask.cursor ?? 0);
    const shown = items.slice(from, from + PAGE);
    const lines = shown.map(
      ({ key, name, description }) =>
        `${Html.code(key)} ${Html.bold(name)}\n${Html.escape(Text.inline(description, 200))}`,
    );
    const next = from + PAGE;
    const isMore = next < items.length;
    return {
      html: Html.fit(lines, Html.maxText),
      keyboard: isMore ? [[buttons.more("More", "strategies", ask.asker, "", String(next))]] : [],
    };
  }),
});

/** Who would be told of fills, and is not, must not learn it from their silence. */
const silence = ({ refused }: State, chatId: number): ReadonlyArray<string> => {
  const why = refused.get(chatId);
  if (why !== undefined) {
    const reason = Html.escape(Text.inline(why, 200));
    return [
      `${Html.bold("This chat is told of nothing at the moment")}: STROM refuses its events, ${reason}.`,
    ];
  }
  return refused.size === 0
    ? []
    : [`STROM refuses the events of ${refused.size} other ${refused.size === 1 ? "chat" : "chats"}.`];
};

export const health = Command.make({
  name: "health",
  usage: "",
  about: "whether STROM and this bot are well",
  run: Effect.fnUntraced(function* (ask) {
    const { bot } = yield* Strom;
    const standing = (yield* Standing).state();
    const ready = yield* call(bot.health.ready());
    const rows = ready.dependencies.map(({ name, status, latency_ms, detail }) => [
      name,
      status === "ready" ? "ready" : "NOT READY",
      `${latency_ms.toFixed(0)} ms`,
      detail === null ? "" : Text.inline(detail, 40),
    ]);
    const table = Html.pre(Table.lines(["left", "left", "right", "left"], rows).join("\n"));
    const counts = `${standing.updates} messages in, ${standing.sent} out, ${standing.waiting} notices waiting`;
    return {
      html: [
        `STROM is ${ready.status === "ready" ? "ready" : Html.bold("not ready")}.`,
        table,
        `bot up ${Figures.duration(ask.now - standing.startedAt)}, ${counts}, ${standing.failures} failures`,
        ...silence(standing, ask.asker.chatId),
      ].join("\n"),
    };
  }),
});

export const version = Command.make({
  name: "version",
  usage: "",
  about: "which version this is",
  run: () => Effect.succeed({ html: `STROM ${Html.code(number)} on Node ${Html.code(process.version)}` }),
});
