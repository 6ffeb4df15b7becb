import { BotApi } from "@strom/adapters/telegram/BotApi.ts";
import type { TelegramFailure } from "@strom/adapters/telegram/Failures.ts";
import { Clock, Duration, Effect, Ref } from "effect";
import * as Html from "../Html.ts";
import * as Linking from "../Linking.ts";
import { Standing } from "../Standing.ts";
import type { Chat } from "./Chat.ts";
import { noteEveryMs } from "./Chat.ts";
import type { Batch } from "./Outbox.ts";
import * as Outbox from "./Outbox.ts";
import { Pacing } from "./Pacing.ts";

const LONGEST_WAIT_MS = 15_000;

/** Sends a message; one whose markup Telegram refuses goes out without it, and if that is refused too, not at all. */
const send = Effect.fnUntraced(function* (chat: Chat, { html, isSilent }: Batch) {
  const telegram = yield* BotApi;
  const message = { chatId: chat.asker.chatId, html, isSilent };
  const bare = { ...message, html: Html.escape(Html.visible(html)).slice(0, Html.maxText) };
  yield* telegram.send(message).pipe(
    Effect.catchTag("CallRefused", ({ detail }) =>
      Effect.logError("Telegram refused a notice of ours", { detail }).pipe(
        Effect.andThen(telegram.send(bare)),
        Effect.catchTag("CallRefused", () => Effect.void),
      ),
    ),
  );
});

const waitMsAfter = (failure: TelegramFailure, failures: number): number =>
  failure._tag === "TooFast"
    ? failure.retryAfterSeconds * 1_000
    : Math.min(LONGEST_WAIT_MS, 250 * 2 ** Math.min(failures, 10));

/**
 * Sends what is in a chat's box for ever, at its pace. After each message that arrived its place is noted before
 * anything else is sent: so a process that dies leaves at most one message in doubt, and that one is sent again,
 * since Telegram cannot be asked whether it came.
 */
export const forever = Effect.fnUntraced(function* (chat: Chat) {
  const pacing = yield* Pacing;
  const standing = yield* Standing;
  let failures = 0;

  /** Ends with the box as it should be, whatever happens: a message is either told or back in. */
  const attempt = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis;
    const batch = yield* Ref.modify(chat.box, (box) => Outbox.take(box, now, chat.pace) ?? [null, box]);
    if (batch === null) return null;
    return yield* send(chat, batch).pipe(
      Effect.andThen(Ref.set(chat.told, batch.position)),
      Effect.as({ batch, failure: null }),
      Effect.catch((failure) =>
        Effect.as(
          Ref.update(chat.box, (box) => Outbox.putBack(box, batch, chat.pace)),
          { batch, failure },
        ),
      ),
    );
  }).pipe(Effect.uninterruptible);

  const sendNext = Effect.gen(function* () {
    yield* pacing.turn;
    const outcome = yield* attempt;
    if (outcome === null) return;
    yield* standing.waiting(chat.asker.chatId, Outbox.waiting(yield* Ref.get(chat.box)));
    const { batch, failure } = outcome;
    if (failure === null) {
      failures = 0;
      yield* standing.sent;
      return yield* chat.note(batch.position);
    }
    if (failure._tag === "ChatGone") {
      yield* Effect.logInfo("a chat cannot be reached; its link ends", { detail: failure.detail });
      // What ends this is that the link is gone; unless STROM is away too.
      yield* Effect.ignore(Linking.leave(chat.asker.chatId));
      return yield* Effect.sleep(Duration.millis(LONGEST_WAIT_MS));
    }
    failures += 1;
    yield* standing.failed;
    if (failures === 1) yield* Effect.logWarning("notices wait for Telegram", { detail: failure.message });
    yield* Effect.sleep(Duration.millis(waitMsAfter(failure, failures)));
  });

  const rest = Effect.gen(function* () {
    yield* chat.news.close;
    // Something may have come between looking and closing.
    if (!Outbox.isEmpty(yield* Ref.get(chat.box))) return;
    yield* Effect.timeoutOption(chat.news.await, Duration.millis(noteEveryMs));
    const box = yield* Ref.get(chat.box);
    const now = yield* Clock.currentTimeMillis;
    if (Outbox.isEmpty(box) && now - chat.notedAt() >= noteEveryMs) yield* chat.note(box.seen);
  });

  const tell = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis;
    const due = Outbox.dueAt(yield* Ref.get(chat.box), now, chat.pace);
    if (due === null) return yield* rest;
    yield* due > now ? Effect.sleep(Duration.millis(due - now)) : sendNext;
  });
  return yield* Effect.forever(tell);
});
