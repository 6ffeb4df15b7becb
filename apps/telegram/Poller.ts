import { BotApi } from "@strom/adapters/telegram/BotApi.ts";
import type { TelegramFailure } from "@strom/adapters/telegram/Failures.ts";
import { PollTaken } from "@strom/adapters/telegram/Failures.ts";
import { Clock, Duration, Effect, Random } from "effect";
import * as Intake from "./Intake.ts";
import * as Updates from "./Updates.ts";

/** How long Telegram holds a poll without updates, in seconds. */
const POLL_SECONDS = 20;
/** A poller that ran this long undisturbed is the one to stay when another comes. */
const SETTLED_MS = 10_000;
/** Conflicts in a row after which even a settled poller gives way. */
const MOST_CONFLICTS = 6;
const LONGEST_WAIT_MS = 10_000;
/** How long others wait behind a chat whose answer takes its time, at most. */
const LOOK_EVERY = Duration.millis(250);

const taken = new PollTaken({
  detail:
    "another process takes this bot's updates; stop it, or give this one a bot of its own (TELEGRAM_BOT_TOKEN)",
});

/**
 * Takes updates by long polling until something is fatal. Telegram ends the poll of whoever polled first when a
 * second one comes; so a poller that has just begun gives way at the first conflict, and a settled one comes back
 * after a second, which is what makes the newcomer see its conflict.
 */
export const run = Effect.gen(function* () {
  const telegram = yield* BotApi;
  const intake = yield* Intake.make(yield* Updates.make);
  let undisturbedSince = yield* Clock.currentTimeMillis;
  let isSettled = false;
  let conflicts = 0;
  let failures = 0;

  const failed = Effect.fnUntraced(function* (failure: TelegramFailure) {
    if (failure._tag === "TokenRejected") return yield* failure;
    if (failure._tag === "PollTaken") {
      conflicts += 1;
      if (!isSettled || conflicts > MOST_CONFLICTS) return yield* taken;
      yield* Effect.logWarning("another process tried to take this bot's updates");
      return yield* Effect.sleep(Duration.millis(500 + 1_000 * (yield* Random.next)));
    }
    failures += 1;
    if (failures === 1) yield* Effect.logWarning(failure.message);
    const waitMs =
      failure._tag === "TooFast"
        ? failure.retryAfterSeconds * 1_000
        : Math.min(LONGEST_WAIT_MS, 500 * 2 ** failures);
    yield* Effect.sleep(Duration.millis(waitMs * (0.5 + 0.5 * (yield* Random.next))));
  });

  while (true) {
    // What is not confirmed Telegram tells again at once, so while there is some one looks now and then.
    const seconds = intake.isBusy() ? 0 : POLL_SECONDS;
    const polled = yield* Effect.result(telegram.updates(intake.offset(), seconds));
    if (polled._tag === "Failure") {
      yield* failed(polled.failure);
      if (polled.failure._tag === "PollTaken") undisturbedSince = yield* Clock.currentTimeMillis;
      continue;
    }
    if (failures > 0) yield* Effect.logInfo("Telegram answers again");
    failures = 0;
    if ((yield* Clock.currentTimeMillis) - undisturbedSince >= SETTLED_MS) {
      isSettled = true;
      conflicts = 0;
    }
    yield* intake.take(polled.success);
    yield* intake.rest(LOOK_EVERY);
  }
});
