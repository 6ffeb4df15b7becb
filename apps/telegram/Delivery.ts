import type { Outgoing } from "@strom/adapters/telegram/BotApi.ts";
import { BotApi } from "@strom/adapters/telegram/BotApi.ts";
import type { TelegramFailure } from "@strom/adapters/telegram/Failures.ts";
import { Duration, Effect, Schedule } from "effect";
import * as Html from "./Html.ts";
import type { Reply } from "./Reply.ts";
import { Standing } from "./Standing.ts";

/** Longer than this nobody waits for an answer. */
const MOST_WAIT_SECONDS = 30;

const tries = Schedule.exponential(Duration.millis(300)).pipe(
  Schedule.upTo({ duration: Duration.seconds(MOST_WAIT_SECONDS) }),
);

/**
 * Sends an answer while somebody waits for it: again after a lost connection, and when Telegram asks for patience,
 * after as long as it asks for.
 */
const patiently = <A>(send: Effect.Effect<A, TelegramFailure>): Effect.Effect<A, TelegramFailure, Standing> =>
  send.pipe(
    Effect.tapError((failure) =>
      failure._tag === "TooFast" && failure.retryAfterSeconds <= MOST_WAIT_SECONDS
        ? Effect.sleep(Duration.seconds(failure.retryAfterSeconds))
        : Effect.void,
    ),
    Effect.retry({
      schedule: tries,
      while: (failure) =>
        failure._tag === "TelegramUnreachable" ||
        (failure._tag === "TooFast" && failure.retryAfterSeconds <= MOST_WAIT_SECONDS),
    }),
    Effect.tap(Effect.flatMap(Standing, (standing) => standing.sent)),
    Effect.tapError(() => Effect.flatMap(Standing, (standing) => standing.failed)),
  );

const trim = (chatId: number, { html, keyboard, png }: Reply): Outgoing => {
  const max = png === undefined ? Html.maxText : Html.maxCaption;
  return { chatId, html: Html.size(html) <= max ? html : Html.fit(html.split("\n"), max), keyboard, png };
};

const plain = (message: Outgoing): Outgoing => ({
  ...message,
  html: Html.escape(Html.visible(message.html)),
});

/** Answers in a chat; an answer whose markup Telegram refuses goes out without it. */
export const reply = Effect.fn("Delivery.reply")(function* (chatId: number, answer: Reply) {
  const telegram = yield* BotApi;
  const message = trim(chatId, answer);
  yield* patiently(telegram.send(message)).pipe(
    Effect.catchTag("CallRefused", (failure) =>
      Effect.andThen(
        Effect.logError("Telegram refused a message of ours", { detail: failure.detail }),
        patiently(telegram.send(plain(message))),
      ),
    ),
  );
});

/** Puts an answer in the place of an earlier message; where that is gone, answers anew. */
export const replace = Effect.fn("Delivery.replace")(function* (
  chatId: number,
  messageId: number,
  answer: Reply,
) {
  const telegram = yield* BotApi;
  yield* patiently(telegram.edit(trim(chatId, answer), messageId)).pipe(
    Effect.catchTag("CallRefused", () => reply(chatId, answer)),
  );
});
