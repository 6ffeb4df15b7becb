import { Clock, Effect } from "effect";
import * as Commands from "./Commands.ts";
import { Gate } from "./Gate.ts";
import * as Html from "./Html.ts";
import type { Link } from "./Links.ts";
import { Links } from "./Links.ts";
import * as Sentences from "./Sentences.ts";
import type { Asker } from "./Strom.ts";
import { call, Strom } from "./Strom.ts";
import * as Text from "./Text.ts";

/** The link of a chat, asked for when it is not known here yet; null when it has none. */
export const find = Effect.fn("Linking.find")(function* (asker: Asker) {
  const links = yield* Links;
  const known = links.find(asker.chatId, asker.userId);
  if (known !== undefined) return known;
  const { bot } = yield* Strom;
  return yield* call(bot.telegramBot.link({ params: { chat_id: asker.chatId } })).pipe(
    Effect.tap(links.put),
    Effect.map((link) => (link.telegram_user_id === asker.userId ? link : null)),
    Effect.catchTag("StromRefused", () => Effect.succeed(null)),
  );
});

export const welcome = (link: Link): string =>
  `This chat is linked to ${Html.bold(Text.inline(link.email))}.\n\n${Commands.text}`;

/** Uses up a one-time code, and says what came of it. */
export const redeem = Effect.fn("Linking.redeem")(function* (asker: Asker, code: string) {
  const gate = yield* Gate;
  const links = yield* Links;
  const { bot } = yield* Strom;
  const now = yield* Clock.currentTimeMillis;
  if (!gate.mayTryCode(asker.userId, now)) return Sentences.slowDown;
  const payload = { code: code.slice(0, 64), chat_id: asker.chatId, telegram_user_id: asker.userId };
  return yield* call(bot.telegramBot.redeem({ payload })).pipe(
    Effect.tap(links.put),
    Effect.map(welcome),
    Effect.catchTag("StromRefused", (refused) =>
      Effect.map(find(asker), (link) => {
        // The same message delivered twice finds its code used, by itself.
        if (link !== null && refused.code === "code_unknown") return welcome(link);
        gate.wrongCode(asker.userId, now);
        return `Not linked: ${Html.escape(refused.detail)}.`;
      }),
    ),
  );
});

/** What may be a code: 128 bits in base64url. More of them in one message nobody has. */
const codes = /(?<![\w-])[\w-]{22}(?![\w-])/g;
const MOST_CODES = 5;

/** Ends the codes in a text that others can read. Answers whether there was one that could have been used. */
export const burn = Effect.fn("Linking.burn")(function* (text: string) {
  const { bot } = yield* Strom;
  const found = (text.match(codes) ?? []).slice(0, MOST_CODES);
  const ended = yield* Effect.forEach(found, (code) => call(bot.telegramBot.burn({ payload: { code } })));
  return ended.some(({ was_open }) => was_open);
});

/** Ends the link of a chat that cannot be reached any more. */
export const leave = Effect.fn("Linking.leave")(function* (chatId: number) {
  const links = yield* Links;
  const { bot } = yield* Strom;
  yield* call(bot.telegramBot.end({ params: { chat_id: chatId } })).pipe(
    Effect.catchTag("StromRefused", () => Effect.void),
  );
  // Last, since it ends whoever tells this chat of events, perhaps ourselves.
  yield* links.drop(chatId);
});
