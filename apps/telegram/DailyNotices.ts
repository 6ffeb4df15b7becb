import { BotApi } from "@strom/adapters/telegram/BotApi.ts";
import { Clock, Duration, Effect } from "effect";
import * as DaySummary from "./DaySummary.ts";
import * as Figures from "./Figures.ts";
import { Gate } from "./Gate.ts";
import * as Linking from "./Linking.ts";
import type { Link } from "./Links.ts";
import { Links } from "./Links.ts";
import { Pacing } from "./notices/Pacing.ts";
import { call, Strom } from "./Strom.ts";

/** Marks of the last slots before midnight are still on their way when it strikes. */
const AFTER_MIDNIGHT_MS = 60_000;
const LOOK_EVERY = Duration.seconds(20);

/**
 * Tells a chat once what the day before brought. It is begun and ended with the API, so that neither a restart nor a
 * second bot tells it again; a crash in between does.
 */
const tell = Effect.fnUntraced(function* (link: Link, span: DaySummary.Span) {
  const strom = yield* Strom;
  const telegram = yield* BotApi;
  const pacing = yield* Pacing;
  const params = { chat_id: link.chat_id };
  const notice = { kind: "daily", about: Figures.date(span.from) } as const;
  const begun = strom.bot.telegramBot.notice({ params, payload: { ...notice, state: "begun" } });
  if (!(yield* call(begun)).is_due) return;
  const client = yield* strom.as({ chatId: link.chat_id, userId: link.telegram_user_id });
  const html = yield* DaySummary.make(client, span);
  yield* pacing.turn;
  const isSilent = link.preferences.daily === "silent";
  const send = html === null ? Effect.void : telegram.send({ chatId: link.chat_id, html, isSilent });
  const told = strom.bot.telegramBot.notice({ params, payload: { ...notice, state: "told" } });
  // Being told to stop does not come between.
  yield* Effect.uninterruptible(Effect.andThen(send, call(told)));
});

/** Tells every chat that wants it, of somebody the bot may talk to, of each day, a minute after midnight UTC. */
export const run = Effect.gen(function* () {
  const links = yield* Links;
  const gate = yield* Gate;
  const told = new Set<string>();

  const look = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis;
    const span = DaySummary.yesterday(now);
    if (now - span.to < AFTER_MIDNIGHT_MS) return;
    for (const link of links.all()) {
      if (!gate.isAllowed(link.telegram_user_id)) continue;
      const key = `${link.chat_id}/${span.from}`;
      if (link.preferences.daily === "off" || link.linked_at >= span.to || told.has(key)) continue;
      yield* tell(link, span).pipe(
        Effect.andThen(Effect.sync(() => told.add(key))),
        Effect.catchTags({
          ChatGone: () => Linking.leave(link.chat_id),
          // What Telegram does not take today it does not take the next time.
          CallRefused: ({ detail }) =>
            Effect.andThen(
              Effect.logError("Telegram refused the summary of a day", { chat_id: link.chat_id, detail }),
              Effect.sync(() => told.add(key)),
            ),
        }),
        // Tried again at the next look.
        Effect.catch((failure) =>
          Effect.logDebug("a day was not told yet", { chat_id: link.chat_id, detail: failure.message }),
        ),
      );
    }
    if (told.size > 100_000) told.clear();
  });
  return yield* Effect.forever(Effect.andThen(look, Effect.sleep(LOOK_EVERY)));
});
