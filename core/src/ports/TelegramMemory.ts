import type { Effect } from "effect";
import { Context } from "effect";
import type { EventId, UserId } from "../Id.ts";
import type { DatabaseUnavailable } from "./Database.ts";

/** Something told to a chat once, such as the summary of a day. */
export interface Notice {
  readonly userId: UserId;
  readonly chatId: number;
  readonly kind: string;
  /** Derived from what it is about. */
  readonly eventId: EventId;
  /** What was told. */
  readonly payload: unknown;
}

/** What the bot already handled and already said, so that a restart repeats neither. */
export class TelegramMemory extends Context.Service<
  TelegramMemory,
  {
    readonly isHandled: (updateId: number) => Effect.Effect<boolean, DatabaseUnavailable>;
    /** Notes an update as handled. Those of days ago are forgotten: Telegram keeps one for a day. */
    readonly handled: (
      updateId: number,
      outcome: unknown,
      at: number,
    ) => Effect.Effect<void, DatabaseUnavailable>;
    /** Counts an attempt to tell; false when it was told before. */
    readonly begin: (notice: Notice) => Effect.Effect<boolean, DatabaseUnavailable>;
    readonly told: (notice: Notice, at: number) => Effect.Effect<void, DatabaseUnavailable>;
  }
>()("strom/ports/TelegramMemory") {}
