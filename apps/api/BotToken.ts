import { createHash, timingSafeEqual } from "node:crypto";
import * as Problem from "@strom/adapters/http/Problem.ts";
import { Context, Effect, Layer, Redacted } from "effect";
import type { HttpServerRequest } from "effect/http";

/** What the Telegram bot and the API know each other by; null lets no bot in. */
export class BotToken extends Context.Service<BotToken, Redacted.Redacted<string> | null>()(
  "strom/api/BotToken",
) {}

export const layer = (token: Redacted.Redacted<string> | null): Layer.Layer<BotToken> =>
  Layer.succeed(BotToken, token);

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

const refused = new Problem.Unauthenticated({
  code: "bad_bot_token",
  detail: "this is for STROM's own Telegram bot; STROM_BOT_TOKEN of the bot and of the API must be the same",
});

/** Fails unless the request carries the token. Takes as long for a wrong one as for the right one. */
export const check = Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest) {
  const token = yield* BotToken;
  const given = /^Bearer (.+)$/.exec(request.headers["authorization"] ?? "")?.[1];
  if (token === null || given === undefined) return yield* refused;
  if (!timingSafeEqual(digest(given), digest(Redacted.value(token)))) return yield* refused;
});
