import type { TelegramPreferences } from "@strom/core/ports";
import { Clock, Duration, Effect, Latch, Ref, Schedule } from "effect";
import type { Link } from "../Links.ts";
import { Links } from "../Links.ts";
import type { Asker, Client } from "../Strom.ts";
import { call, Strom } from "../Strom.ts";
import type { Pace } from "./Outbox.ts";
import * as Outbox from "./Outbox.ts";

/** How often the place is noted while nothing is worth telling. */
export const noteEveryMs = 15_000;

const again = Schedule.exponential(Duration.millis(500)).pipe(
  Schedule.modifyDelay(({ duration }) => Effect.succeed(Duration.min(duration, Duration.seconds(30)))),
);

/** A linked chat while it is being told: what waits for it, and how far it has been told. */
export interface Chat {
  readonly asker: Asker;
  /** STROM, acting for the user of the chat. */
  readonly client: Client;
  readonly pace: Pace;
  readonly box: Ref.Ref<Outbox.Outbox>;
  /** The place up to which everything has arrived in the chat, noted or not. */
  readonly told: Ref.Ref<string>;
  /** Opens when something was put into the box. */
  readonly news: Latch.Latch;
  readonly preferences: () => TelegramPreferences.Preferences;
  /** Notes with the API that everything up to a place was told; goes on trying while STROM is away. */
  readonly note: (position: string) => Effect.Effect<void>;
  /** When a place was last noted. */
  readonly notedAt: () => number;
}

export const make = Effect.fnUntraced(function* (link: Link, pace: Pace) {
  const strom = yield* Strom;
  const links = yield* Links;
  const asker: Asker = { chatId: link.chat_id, userId: link.telegram_user_id };
  let noted = link.position;
  let notedAt = yield* Clock.currentTimeMillis;

  const chat: Chat = {
    asker,
    client: yield* strom.as(asker),
    pace,
    box: yield* Ref.make(Outbox.make(link.position, notedAt, pace)),
    told: yield* Ref.make(link.position),
    news: yield* Latch.make(false),
    preferences: () => links.find(asker.chatId, asker.userId)?.preferences ?? link.preferences,
    notedAt: () => notedAt,
    note: Effect.fnUntraced(function* (position) {
      if (position === noted || position === "") return;
      const change = { params: { chat_id: asker.chatId }, payload: { position } };
      yield* call(strom.bot.telegramBot.change(change)).pipe(
        Effect.retry({ schedule: again, while: (failure) => failure._tag === "StromDown" }),
        // Refused: the link has ended meanwhile, and nobody will read the place.
        Effect.ignore,
      );
      noted = position;
      notedAt = yield* Clock.currentTimeMillis;
    }),
  };
  return chat;
});
