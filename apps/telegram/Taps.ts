import { BotApi } from "@strom/adapters/telegram/BotApi.ts";
import type { Incoming, Tapped } from "@strom/adapters/telegram/Incoming.ts";
import { Clock, Effect } from "effect";
import * as Acts from "./Acts.ts";
import * as Asking from "./Asking.ts";
import type { Pressed } from "./Buttons.ts";
import { Buttons } from "./Buttons.ts";
import * as Delivery from "./Delivery.ts";
import * as Html from "./Html.ts";
import * as Linking from "./Linking.ts";
import type { Link } from "./Links.ts";
import * as Sentences from "./Sentences.ts";
import * as Text from "./Text.ts";

type Tap = Incoming & Tapped;

const asked = Effect.fnUntraced(function* (
  tap: Tap,
  link: Link,
  pressed: Extract<Pressed, { readonly _tag: "Chosen" | "More" }>,
) {
  const telegram = yield* BotApi;
  const [args, cursor] = pressed._tag === "Chosen" ? [pressed.agentId, null] : [pressed.args, pressed.cursor];
  const answer = yield* Asking.run(tap, link, { name: pressed.command, args }, cursor);
  yield* telegram.acknowledge(tap.tapId);
  // A status is a view that is refreshed in place; other answers are kept in the chat.
  return pressed._tag === "Chosen" && pressed.command === "status"
    ? yield* Delivery.replace(tap.chatId, tap.messageId, answer)
    : yield* Delivery.reply(tap.chatId, answer);
});

const confirmed = Effect.fnUntraced(function* (
  tap: Tap,
  pressed: Extract<Pressed, { readonly _tag: "Confirmed" }>,
) {
  const telegram = yield* BotApi;
  const html = yield* Acts.perform(tap, pressed).pipe(
    Effect.catchTag("StromRefused", ({ detail }) =>
      Effect.succeed(`Not done: ${Html.escape(Text.inline(detail, 400))}`),
    ),
  );
  yield* telegram.acknowledge(tap.tapId);
  yield* Delivery.replace(tap.chatId, tap.messageId, { html });
});

/** Acts on a tapped button of a private chat. */
export const handle = Effect.fn("Taps.handle")(function* (tap: Tap) {
  const telegram = yield* BotApi;
  const buttons = yield* Buttons;
  const link = yield* Linking.find(tap);
  if (link === null) return yield* telegram.acknowledge(tap.tapId, Sentences.stranger);
  const pressed = buttons.read(tap.data, tap, yield* Clock.currentTimeMillis);
  switch (pressed._tag) {
    case "Forged":
      yield* Effect.logWarning("a button that is not ours was tapped", { chat_id: tap.chatId });
      return yield* telegram.acknowledge(tap.tapId, Sentences.foreignButton);
    case "Expired":
      yield* telegram.acknowledge(tap.tapId, Sentences.tooLate);
      if (tap.data.startsWith("c.")) {
        yield* Delivery.replace(tap.chatId, tap.messageId, { html: Sentences.expired });
      }
      return;
    case "Cancelled":
      yield* telegram.acknowledge(tap.tapId);
      return yield* Delivery.replace(tap.chatId, tap.messageId, { html: Sentences.cancelled });
    case "Confirmed":
      return yield* confirmed(tap, pressed);
    case "Chosen":
    case "More":
      return yield* asked(tap, link, pressed);
  }
});
