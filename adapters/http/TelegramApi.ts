import { Id } from "@strom/core";
import { TelegramPreferences } from "@strom/core/ports";
import { Schema } from "effect";
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api";
import { BotIdentity } from "./BotIdentity.ts";
import { Identity } from "./Identity.ts";
import * as Page from "./Page.ts";
import * as Problem from "./Problem.ts";
import { Instant } from "./Wire.ts";

export const Preferences = TelegramPreferences.Preferences.annotate({ identifier: "TelegramPreferences" });

/** An id of Telegram: at most 52 bits, so a JSON number holds it. */
const TelegramId = Schema.Int.check(
  Schema.isBetween({ minimum: 1 - 2 ** 52, maximum: 2 ** 52 - 1 }),
).annotate({ description: "an id of Telegram" });
const chat = { chat_id: Schema.NumberFromString.pipe(Schema.decodeTo(TelegramId)) };
const update = { update_id: Schema.NumberFromString.pipe(Schema.decodeTo(TelegramId)) };

/** Words of the bot's own, kept as they are: no column takes a NUL or half a character. */
const note = (most: number) =>
  Schema.String.check(
    Schema.isMaxLength(most),
    Schema.isPattern(/^[^\p{Cc}\p{Cs}]*$/u, { expected: "text without control characters" }),
  );

/** A code to send to the bot as `/start CODE`. It is shown here once, and stored nowhere as it is. */
export const LinkCode = Schema.Struct({
  code: Schema.String.annotate({ description: "128 random bits; good once, for ten minutes" }),
  command: Schema.String.annotate({ description: "what to write to the bot, in a private chat" }),
  expires_at: Instant,
}).annotate({ identifier: "TelegramLinkCode" });

/** A chat that speaks for the caller. */
export const Chat = Schema.Struct({
  id: Id.Uuid,
  chat_id: Schema.Number,
  preferences: Preferences,
  linked_at: Instant,
}).annotate({ identifier: "TelegramChat" });

export class TelegramApi extends HttpApiGroup.make("telegram")
  .add(
    HttpApiEndpoint.post("issueCode", "/v1/telegram/link-codes", {
      success: LinkCode.pipe(HttpApiSchema.status(201)),
      error: [Problem.Conflict, ...Problem.unreadable],
    })
      .annotate(OpenApi.Summary, "A one-time code that links a Telegram chat to the caller")
      .annotate(
        OpenApi.Description,
        "Takes no Idempotency-Key: a code is shown once and stored only as its hash, so that asking again gives another one.",
      ),
    HttpApiEndpoint.get("chats", "/v1/telegram/chats", {
      success: Schema.Struct({ items: Schema.Array(Chat) }),
    }).annotate(OpenApi.Summary, "Telegram chats linked to the caller"),
    HttpApiEndpoint.delete("unlink", "/v1/telegram/chats/:chat_id", {
      params: chat,
      success: HttpApiSchema.NoContent,
      error: [Problem.NotFound, ...Problem.unreadable],
    }).annotate(OpenApi.Summary, "Ends the link of a Telegram chat"),
  )
  .middleware(Identity)
  .annotate(OpenApi.Title, "Telegram") {}

/** A link as the bot sees it: whom the chat speaks for, what it wants to hear, how far it has been told. */
export const Link = Schema.Struct({
  chat_id: TelegramId,
  telegram_user_id: TelegramId,
  user_id: Id.UserId,
  email: Schema.String,
  preferences: Preferences,
  position: Schema.String.annotate({ description: "the id of the last event told, for Last-Event-ID" }),
  linked_at: Instant,
}).annotate({ identifier: "TelegramLink" });

export const Redemption = Schema.Struct({
  code: Schema.String.check(Schema.isMaxLength(64)),
  chat_id: TelegramId,
  telegram_user_id: TelegramId,
}).annotate({ identifier: "TelegramRedemption" });

export const SeenCode = Schema.Struct({
  code: Schema.String.check(Schema.isMaxLength(64)),
}).annotate({ identifier: "TelegramSeenCode" });

export const LinkChange = Schema.Struct({
  preferences: Schema.optionalKey(Preferences),
  position: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^[\w.-]{1,120}$/))),
}).annotate({ identifier: "TelegramLinkChange" });

export const Update = Schema.Struct({ is_handled: Schema.Boolean });
export const Outcome = Schema.Struct({ outcome: note(200) });

/** A notice that is told once, named by its kind and by what it is about. */
export const NoticeState = Schema.Struct({
  kind: Schema.Literals(["daily"]),
  about: note(100),
  state: Schema.Literals(["begun", "told"]),
}).annotate({ identifier: "TelegramNotice" });

/** What only the bot may call. */
export class TelegramBotApi extends HttpApiGroup.make("telegramBot")
  .add(
    HttpApiEndpoint.post("redeem", "/v1/telegram/bot/links", {
      payload: Redemption,
      success: Link.pipe(HttpApiSchema.status(201)),
      error: [Problem.NotFound, Problem.Conflict, ...Problem.unreadable],
    }).annotate(OpenApi.Summary, "Turns a one-time code into a link, once"),
    HttpApiEndpoint.post("burn", "/v1/telegram/bot/seen-codes", {
      payload: SeenCode,
      success: Schema.Struct({
        was_open: Schema.Boolean.annotate({ description: "whether it could still have been used" }),
      }),
      error: [...Problem.unreadable],
    }).annotate(OpenApi.Summary, "Ends a one-time code that others have seen"),
    HttpApiEndpoint.get("links", "/v1/telegram/bot/links", {
      query: Page.query,
      success: Schema.Struct({
        ...Page.of(Link).fields,
        open_codes: Schema.Int.annotate({ description: "codes that could still be used" }),
      }),
    }).annotate(OpenApi.Summary, "Every chat that is linked"),
    HttpApiEndpoint.get("link", "/v1/telegram/bot/links/:chat_id", {
      params: chat,
      success: Link,
      error: [Problem.NotFound],
    }).annotate(OpenApi.Summary, "The link of one chat"),
    HttpApiEndpoint.patch("change", "/v1/telegram/bot/links/:chat_id", {
      params: chat,
      payload: LinkChange,
      success: Link,
      error: [Problem.NotFound, ...Problem.unreadable],
    }).annotate(OpenApi.Summary, "What a chat wants to hear, or how far it has been told"),
    HttpApiEndpoint.delete("end", "/v1/telegram/bot/links/:chat_id", {
      params: chat,
      success: HttpApiSchema.NoContent,
      error: [Problem.NotFound, ...Problem.unreadable],
    }).annotate(OpenApi.Summary, "Ends the link of a chat"),
    HttpApiEndpoint.get("update", "/v1/telegram/bot/updates/:update_id", {
      params: update,
      success: Update,
      error: [Problem.NotFound],
    }).annotate(OpenApi.Summary, "Whether an update was handled"),
    HttpApiEndpoint.put("handled", "/v1/telegram/bot/updates/:update_id", {
      params: update,
      payload: Outcome,
      success: HttpApiSchema.NoContent,
      error: [Problem.NotFound, ...Problem.unreadable],
    }).annotate(OpenApi.Summary, "Notes an update as handled"),
    HttpApiEndpoint.put("notice", "/v1/telegram/bot/links/:chat_id/notice", {
      params: chat,
      payload: NoticeState,
      success: Schema.Struct({ is_due: Schema.Boolean }),
      error: [Problem.NotFound, ...Problem.unreadable],
    }).annotate(OpenApi.Summary, "Begins or ends telling a notice; one that was told is not due again"),
  )
  .middleware(BotIdentity)
  .annotate(OpenApi.Title, "Telegram bot") {}
