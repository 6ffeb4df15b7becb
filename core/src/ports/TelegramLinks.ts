import type { Effect } from "effect";
import { Context, Data } from "effect";
import type { UserId, Uuid } from "../Id.ts";
import type { DatabaseUnavailable } from "./Database.ts";
import type { Page, Slice } from "./Page.ts";
import type { Preferences } from "./TelegramPreferences.ts";

/** A private chat with the bot that speaks for a user. */
export interface TelegramLink {
  readonly id: Uuid;
  readonly userId: UserId;
  readonly email: string;
  readonly chatId: number;
  readonly telegramUserId: number;
  readonly preferences: Preferences;
  /** How far in the feed the chat has been told of its user's events. */
  readonly position: string;
  readonly linkedAt: number;
}

/** The code was never given, was used, or is too old: a caller cannot tell which. */
export class CodeUnknown extends Data.TaggedError("CodeUnknown") {}

/** The chat already speaks for someone else. */
export class ChatTaken extends Data.TaggedError("ChatTaken") {}

/** The user has as many chats as one may have. */
export class TooManyChats extends Data.TaggedError("TooManyChats")<{ readonly most: number }> {}

export interface Redemption {
  readonly codeHash: string;
  readonly chatId: number;
  readonly telegramUserId: number;
  readonly at: number;
  /** Where in the feed its notices begin. */
  readonly position: string;
}

/** Which chats speak for which users. A link that ended is kept as history, and found by nothing here. */
export class TelegramLinks extends Context.Service<
  TelegramLinks,
  {
    /** Notes the hash of a code until it is used or too old. The user's earlier codes end. */
    readonly issue: (code: {
      readonly userId: UserId;
      readonly codeHash: string;
      readonly expiresAt: number;
    }) => Effect.Effect<void, TooManyChats | DatabaseUnavailable>;
    /** Turns a code into a link, once. A chat that speaks for that user already keeps the link it has. */
    readonly redeem: (
      redemption: Redemption,
    ) => Effect.Effect<TelegramLink, CodeUnknown | ChatTaken | TooManyChats | DatabaseUnavailable>;
    /** Ends a code that others may have seen; false when it could not be used any more. */
    readonly burn: (codeHash: string, at: number) => Effect.Effect<boolean, DatabaseUnavailable>;
    /** The link of a chat, null when it has none. */
    readonly find: (chatId: number) => Effect.Effect<TelegramLink | null, DatabaseUnavailable>;
    readonly list: (slice: Slice) => Effect.Effect<Page<TelegramLink>, DatabaseUnavailable>;
    readonly ofUser: (userId: UserId) => Effect.Effect<ReadonlyArray<TelegramLink>, DatabaseUnavailable>;
    /** Codes that could still be used. */
    readonly openCodes: (at: number) => Effect.Effect<number, DatabaseUnavailable>;
    /** Changes what the chat is told of, or how far it has been told; null when it has no link. */
    readonly change: (
      chatId: number,
      change: { readonly preferences?: Preferences; readonly position?: string },
    ) => Effect.Effect<TelegramLink | null, DatabaseUnavailable>;
    /** Ends the link of a chat; false when it had none. */
    readonly end: (chatId: number, at: number) => Effect.Effect<boolean, DatabaseUnavailable>;
  }
>()("strom/ports/TelegramLinks") {}
