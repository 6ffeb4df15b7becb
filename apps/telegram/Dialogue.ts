import { BotApi } from "@strom/adapters/telegram/BotApi.ts";
import type { TelegramFailure } from "@strom/adapters/telegram/Failures.ts";
import type { Incoming, Said } from "@strom/adapters/telegram/Incoming.ts";
import { Effect } from "effect";
import * as Asking from "./Asking.ts";
import * as Delivery from "./Delivery.ts";
import { Gate } from "./Gate.ts";
import * as Html from "./Html.ts";
import * as Linking from "./Linking.ts";
import { Links } from "./Links.ts";
import type { Reply } from "./Reply.ts";
import * as Sentences from "./Sentences.ts";
import type { StromDown, StromRefused } from "./Strom.ts";
import * as Taps from "./Taps.ts";
import * as Text from "./Text.ts";

/** What the chat hears when STROM cannot, or will not. */
const failed = (failure: StromDown | StromRefused): Reply => {
  if (failure._tag === "StromDown") return { html: Sentences.down };
  if (failure.code === "chat_not_linked") return { html: Sentences.stranger };
  return { html: `Not done: ${Html.escape(Text.inline(failure.detail, 400))}` };
};

const said = Effect.fnUntraced(function* (message: Incoming & Said) {
  const written = Asking.parse(message.text);
  if (!message.isForwarded && written?.name === "start" && written.args !== "") {
    return { html: yield* Linking.redeem(message, written.args) };
  }
  const link = yield* Linking.find(message);
  if (link === null) return { html: Sentences.stranger };
  if (message.isForwarded) return { html: Sentences.noForwards };
  if (written === null) return { html: Sentences.commandsOnly };
  if (written.name === "start") return { html: Linking.welcome(link) };
  return yield* Asking.run(message, link, written);
});

/** Sentences for strangers are not repeated at will. */
const isForStrangers = ({ html }: Reply): boolean =>
  html === Sentences.stranger || html === Sentences.slowDown;

const answer = Effect.fnUntraced(function* (incoming: Incoming, reply: Reply) {
  const gate = yield* Gate;
  if (isForStrangers(reply) && !gate.mayAnswer(incoming.chatId)) return "passed over";
  yield* Delivery.reply(incoming.chatId, reply);
  return isForStrangers(reply) ? "stranger" : "answered";
});

const inPrivate = Effect.fnUntraced(function* (incoming: Incoming) {
  const gate = yield* Gate;
  if (!gate.isAllowed(incoming.userId)) return yield* answer(incoming, { html: Sentences.stranger });
  switch (incoming._tag) {
    case "Tapped":
      return yield* Taps.handle(incoming).pipe(
        Effect.as("tapped"),
        Effect.catchTag(["StromDown", "StromRefused"], (failure) => answer(incoming, failed(failure))),
      );
    case "Said":
      return yield* said(incoming).pipe(
        Effect.catchTag(["StromDown", "StromRefused"], (failure) => Effect.succeed(failed(failure))),
        Effect.flatMap((reply) => answer(incoming, reply)),
      );
    default: {
      const links = yield* Links;
      const isKnown = links.find(incoming.chatId, incoming.userId) !== undefined;
      return yield* answer(incoming, { html: isKnown ? Sentences.commandsOnly : Sentences.stranger });
    }
  }
});

const elsewhere = Effect.fnUntraced(function* (incoming: Incoming) {
  const gate = yield* Gate;
  if (incoming._tag === "Tapped") {
    yield* Effect.flatMap(BotApi, (telegram) => telegram.acknowledge(incoming.tapId, Sentences.privateOnly));
  }
  if (incoming._tag !== "Said") return "not private";
  const isBurnt = yield* Effect.result(Linking.burn(incoming.text));
  if (isBurnt._tag === "Success" && isBurnt.success) {
    yield* Delivery.reply(incoming.chatId, { html: Sentences.codeSeen });
    return "a code was seen";
  }
  if (incoming.text.startsWith("/") && gate.mayAnswer(incoming.chatId)) {
    const html = isBurnt._tag === "Success" ? Sentences.privateOnly : Sentences.codeNotEnded;
    yield* Delivery.reply(incoming.chatId, { html });
  }
  return "not private";
});

const left = Effect.fnUntraced(function* (chatId: number) {
  const links = yield* Links;
  if (links.all().some((link) => link.chat_id === chatId)) yield* Effect.ignore(Linking.leave(chatId));
  return "left";
});

/** A chat that is gone loses its link; any other failure of Telegram is only worth a line in the log. */
const undelivered = Effect.fnUntraced(function* (incoming: Incoming, failure: TelegramFailure) {
  if (failure._tag === "ChatGone") return yield* left(incoming.chatId);
  yield* Effect.logWarning("an answer did not get through", {
    reason: failure._tag,
    detail: failure.message,
  });
  return "undelivered";
});

/** Answers one thing that happened, and says in a word what came of it. */
export const handle = Effect.fn("Dialogue.handle")(
  function* (incoming: Incoming) {
    if (incoming._tag === "Left") return yield* left(incoming.chatId);
    return yield* incoming.isPrivate ? inPrivate(incoming) : elsewhere(incoming);
  },
  (handled, incoming) =>
    Effect.catchTag(
      handled,
      ["TelegramUnreachable", "TooFast", "ChatGone", "PollTaken", "TokenRejected", "CallRefused"],
      (failure) => undelivered(incoming, failure),
    ),
);
