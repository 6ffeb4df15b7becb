import { createHash, randomBytes } from "node:crypto";
import { CurrentUser } from "@strom/adapters/http/Identity.ts";
import * as Problem from "@strom/adapters/http/Problem.ts";
import { StromApi } from "@strom/adapters/http/StromApi.ts";
import { Id } from "@strom/core";
import type { ChatTaken, CodeUnknown, TelegramLink, TooManyChats } from "@strom/core/ports";
import { Database, Journal, TelegramLinks, TelegramMemory } from "@strom/core/ports";
import { Clock, Effect, Layer } from "effect";
import { HttpApiBuilder } from "effect/http-api";
import * as Cursor from "./Cursor.ts";
import * as Failures from "./Failures.ts";

const CODE_BYTES = 16;
const CODE_LASTS_MS = 10 * 60_000;

/** Codes are random, so one round of SHA-256 keeps them: there is nothing to guess from. */
const hashOf = (code: string): string => createHash("sha256").update(code).digest("hex");

const noLink = new Problem.NotFound({ code: "chat_not_linked", detail: "this chat is linked to nobody" });

const crowded = {
  ...Failures.unavailable,
  TooManyChats: ({ most }: TooManyChats) =>
    new Problem.Conflict({
      code: "too_many_chats",
      detail: `${most} chats are linked, which is as many as one may have; unlink one first`,
    }),
};

const linking = {
  ...crowded,
  CodeUnknown: (_: CodeUnknown) =>
    new Problem.NotFound({
      code: "code_unknown",
      detail: "there is no such code; one is good once, for ten minutes: ask for a new one",
    }),
  ChatTaken: (_: ChatTaken) =>
    new Problem.Conflict({
      code: "chat_taken",
      detail: "this chat is linked to another user; unlink it there first",
    }),
};

const linkJson = (link: TelegramLink) => ({
  chat_id: link.chatId,
  telegram_user_id: link.telegramUserId,
  user_id: link.userId,
  email: link.email,
  preferences: link.preferences,
  position: link.position,
  linked_at: link.linkedAt,
});

/** Linking, as a user sees it. */
export const layerUser = HttpApiBuilder.group(
  StromApi,
  "telegram",
  Effect.fn(function* (handlers) {
    const links = yield* TelegramLinks;
    return handlers.handleAll({
      issueCode: Effect.fn("Telegram.issueCode")(function* () {
        const user = yield* CurrentUser;
        const code = randomBytes(CODE_BYTES).toString("base64url");
        const expiresAt = (yield* Clock.currentTimeMillis) + CODE_LASTS_MS;
        yield* links.issue({ userId: user.id, codeHash: hashOf(code), expiresAt });
        return { code, command: `/start ${code}`, expires_at: expiresAt };
      }, Effect.catchTags(crowded)),
      chats: Effect.fn("Telegram.chats")(function* () {
        const user = yield* CurrentUser;
        const found = yield* links.ofUser(user.id);
        const items = found.map(({ id, chatId, preferences, linkedAt }) => ({
          id,
          chat_id: chatId,
          preferences,
          linked_at: linkedAt,
        }));
        return { items };
      }, Effect.catchTags(Failures.unavailable)),
      unlink: Effect.fn("Telegram.unlink")(function* ({ params }) {
        const user = yield* CurrentUser;
        const link = yield* links.find(params.chat_id);
        if (link?.userId !== user.id) return yield* noLink;
        yield* links.end(link.chatId, yield* Clock.currentTimeMillis);
      }, Effect.catchTags(Failures.unavailable)),
    });
  }),
);

/** What the bot asks for itself. */
export const layerBot = HttpApiBuilder.group(
  StromApi,
  "telegramBot",
  Effect.fn(function* (handlers) {
    const links = yield* TelegramLinks;
    const memory = yield* TelegramMemory;
    const journal = yield* Journal;
    const database = yield* Database;

    const linkOf = Effect.fnUntraced(function* (chatId: number) {
      const link = yield* links.find(chatId);
      return link ?? (yield* noLink);
    });

    return handlers.handleAll({
      redeem: Effect.fn("TelegramBot.redeem")(function* ({ payload }) {
        const link = yield* links.redeem({
          codeHash: hashOf(payload.code),
          chatId: payload.chat_id,
          telegramUserId: payload.telegram_user_id,
          at: yield* Clock.currentTimeMillis,
          // As the event stream writes ids: the journal's name and the place in it.
          position: `${database.epoch}.${yield* journal.feedNow}`,
        });
        return linkJson(link);
      }, Effect.catchTags(linking)),
      burn: Effect.fn("TelegramBot.burn")(function* ({ payload }) {
        const wasOpen = yield* links.burn(hashOf(payload.code), yield* Clock.currentTimeMillis);
        return { was_open: wasOpen };
      }, Effect.catchTags(Failures.unavailable)),
      links: Effect.fn("TelegramBot.links")(function* ({ query }) {
        const slice = yield* Cursor.slice(query);
        const { items, next_cursor } = Cursor.page(yield* links.list(slice));
        const openCodes = yield* links.openCodes(yield* Clock.currentTimeMillis);
        return { items: items.map(linkJson), next_cursor, open_codes: openCodes };
      }, Effect.catchTags(Failures.unavailable)),
      link: Effect.fn("TelegramBot.link")(
        ({ params }) => Effect.map(linkOf(params.chat_id), linkJson),
        Effect.catchTags(Failures.unavailable),
      ),
      change: Effect.fn("TelegramBot.change")(function* ({ params, payload }) {
        const link = yield* links.change(params.chat_id, payload);
        return link === null ? yield* noLink : linkJson(link);
      }, Effect.catchTags(Failures.unavailable)),
      end: Effect.fn("TelegramBot.end")(function* ({ params }) {
        const hasEnded = yield* links.end(params.chat_id, yield* Clock.currentTimeMillis);
        if (!hasEnded) return yield* noLink;
      }, Effect.catchTags(Failures.unavailable)),
      update: Effect.fn("TelegramBot.update")(
        ({ params }) =>
          Effect.map(memory.isHandled(params.update_id), (isHandled) => ({ is_handled: isHandled })),
        Effect.catchTags(Failures.unavailable),
      ),
      handled: Effect.fn("TelegramBot.handled")(function* ({ params, payload }) {
        yield* memory.handled(params.update_id, payload, yield* Clock.currentTimeMillis);
      }, Effect.catchTags(Failures.unavailable)),
      notice: Effect.fn("TelegramBot.notice")(function* ({ params, payload }) {
        const link = yield* linkOf(params.chat_id);
        const { kind, about, state } = payload;
        const eventId = Id.EventId.make(Id.derive("notice", kind, about));
        const notice = { userId: link.userId, chatId: link.chatId, kind, eventId, payload: { about } };
        if (state === "begun") return { is_due: yield* memory.begin(notice) };
        yield* memory.told(notice, yield* Clock.currentTimeMillis);
        return { is_due: false };
      }, Effect.catchTags(Failures.unavailable)),
    });
  }),
);

export const layer = Layer.mergeAll(layerUser, layerBot);
