import { BotIdentity, chatHeader, userHeader } from "@strom/adapters/http/BotIdentity.ts";
import { CurrentUser, Identity } from "@strom/adapters/http/Identity.ts";
import * as Problem from "@strom/adapters/http/Problem.ts";
import { TelegramLinks } from "@strom/core/ports";
import { Effect, Layer } from "effect";
import { HttpServerRequest } from "effect/http";
import * as BotToken from "./BotToken.ts";

const notLinked = new Problem.Forbidden({
  code: "chat_not_linked",
  detail: "this Telegram chat is linked to nobody, or was linked by somebody else",
});

/** For the bot's own routes: the service token and nothing else. */
export const layerBot: Layer.Layer<BotIdentity, never, BotToken.BotToken> = Layer.effect(
  BotIdentity,
  Effect.gen(function* () {
    const token = yield* BotToken.BotToken;
    return BotIdentity.of((handler) =>
      Effect.gen(function* () {
        yield* BotToken.check(yield* HttpServerRequest.HttpServerRequest);
        return yield* handler;
      }).pipe(Effect.provideService(BotToken.BotToken, token)),
    );
  }),
);

/**
 * Puts the bot before another way of identifying callers: a request that names a chat must carry the service token,
 * and acts for the user this chat and this Telegram user were linked to together. With the token alone nobody can
 * be impersonated who never linked a chat.
 */
export const layer: Layer.Layer<Identity, never, Identity | BotToken.BotToken | TelegramLinks> = Layer.effect(
  Identity,
  Effect.gen(function* () {
    const others = yield* Identity;
    const links = yield* TelegramLinks;
    const token = yield* BotToken.BotToken;

    const identify = Effect.fnUntraced(function* (
      request: HttpServerRequest.HttpServerRequest,
      chat: string,
    ) {
      yield* BotToken.check(request);
      const chatId = Number(chat);
      const link = Number.isSafeInteger(chatId) ? yield* Effect.orDie(links.find(chatId)) : null;
      if (link === null || String(link.telegramUserId) !== request.headers[userHeader])
        return yield* notLinked;
      return { id: link.userId, email: link.email, roles: ["trader"] as const, chatId };
    });

    return Identity.of((handler, options) =>
      Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest;
        const chat = request.headers[chatHeader];
        if (chat === undefined) return yield* others(handler, options);
        const user = yield* identify(request, chat).pipe(Effect.provideService(BotToken.BotToken, token));
        return yield* Effect.provideService(handler, CurrentUser, user);
      }),
    );
  }),
);
