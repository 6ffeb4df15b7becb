import { createHmac } from "node:crypto";
import * as TelegramApi from "@strom/adapters/telegram/BotApi.ts";
import { BotApi } from "@strom/adapters/telegram/BotApi.ts";
import type { TelegramFailure } from "@strom/adapters/telegram/Failures.ts";
import * as Webhook from "@strom/adapters/telegram/Webhook.ts";
import { Clock, Duration, Effect, Layer, Redacted, Schedule, Schema } from "effect";
import type { Probe } from "../api/Readiness.ts";
import * as Buttons from "./Buttons.ts";
import * as Commands from "./Commands.ts";
import * as DailyNotices from "./DailyNotices.ts";
import * as Gate from "./Gate.ts";
import * as Links from "./Links.ts";
import * as Notifier from "./notices/Notifier.ts";
import * as Outbox from "./notices/Outbox.ts";
import * as Pacing from "./notices/Pacing.ts";
import * as Poller from "./Poller.ts";
import * as Standing from "./Standing.ts";
import * as Strom from "./Strom.ts";
import * as Updates from "./Updates.ts";

/** What the bot is started with. */
export interface Options {
  readonly token: Redacted.Redacted<string>;
  readonly apiRoot: string;
  /** Where STROM's API is. */
  readonly stromUrl: string;
  /** What the API knows the bot by. */
  readonly botToken: Redacted.Redacted<string>;
  readonly allowedUsers: ReadonlyArray<number> | null;
  /** Telegram posts updates to `url`, which leads to `host` and `port`; null polls. */
  readonly webhook: { readonly url: string; readonly host: string; readonly port: number } | null;
  /** With nobody to talk to: wait for the first link code, or end with `NobodyToTalkTo`. */
  readonly whenNobody: "wait" | "refuse";
  readonly pace?: Outbox.Pace;
  /** Told what this bot depends on, where somebody asks for its health. */
  readonly addProbe?: (probe: Probe) => Effect.Effect<void>;
}

/** No chat is linked, no code waits to be used, and nobody is allowed by name: the bot would talk to strangers only. */
export class NobodyToTalkTo extends Schema.TaggedError<NobodyToTalkTo>()("NobodyToTalkTo", {}) {
  override get message(): string {
    return "no Telegram chat is linked, and no link code waits to be used; create one (strom telegram link, or POST /v1/telegram/link-codes) and start again, or set TELEGRAM_ALLOWED_USERS";
  }
}

const REFRESH_EVERY = Duration.seconds(30);

/** Longer and longer, up to half a minute, for ever. */
const patience = Schedule.exponential(Duration.millis(500)).pipe(
  Schedule.modifyDelay(({ duration }) => Effect.succeed(Duration.min(duration, Duration.seconds(30)))),
);

/** What only Telegram and the bot know, made from what only they know. */
const webhookSecret = (token: Redacted.Redacted<string>): string =>
  createHmac("sha256", Redacted.value(token)).update("strom webhook").digest("base64url");

const isPassing = (failure: TelegramFailure): boolean =>
  failure._tag === "TelegramUnreachable" || failure._tag === "TooFast";

/** A call of the start: tried until Telegram is there, with one line in the log. */
const insist = <A, R>(call: Effect.Effect<A, TelegramFailure, R>): Effect.Effect<A, TelegramFailure, R> =>
  Effect.tapError(call, (failure) =>
    isPassing(failure) ? Effect.logWarning(`${failure.message}; trying again`) : Effect.void,
  ).pipe(Effect.retry({ schedule: patience, while: isPassing }));

const findSomebody = Effect.fnUntraced(function* ({ allowedUsers, whenNobody }: Options) {
  const links = yield* Links.Links;
  const refresh = links.refresh.pipe(
    Effect.tapError((failure) => Effect.logWarning(`${failure.message}; trying again`)),
    Effect.retry({ schedule: patience, while: (failure) => failure._tag === "StromDown" }),
  );
  const isAnybody = Effect.map(
    refresh,
    (openCodes) => openCodes > 0 || allowedUsers !== null || links.all().length > 0,
  );
  if (yield* isAnybody) return;
  if (whenNobody === "refuse") return yield* new NobodyToTalkTo();
  yield* Effect.logInfo("no Telegram chat is linked yet; waiting for the first link code");
  while (!(yield* isAnybody)) yield* Effect.sleep(Duration.seconds(2));
});

const listen = Effect.fnUntraced(function* ({ token, webhook }: Options) {
  const telegram = yield* BotApi;
  if (webhook === null) {
    yield* insist(telegram.noWebhook);
    return yield* Poller.run;
  }
  const secret = webhookSecret(token);
  const handle = yield* Updates.make;
  const path = `/${new URL(webhook.url).pathname.slice(1)}` as const;
  const server = Webhook.layer({ host: webhook.host, port: webhook.port, path, secret }, handle);
  yield* Layer.build(server);
  yield* insist(telegram.webhook(webhook.url, secret));
  return yield* Effect.never;
});

/** What a bot that stands alone is ready by. */
const addProbes = Effect.fnUntraced(function* ({ addProbe }: Options) {
  if (addProbe === undefined) return;
  const telegram = yield* BotApi;
  const { bot } = yield* Strom.Strom;
  const timed = (check: Effect.Effect<unknown, { readonly message: string }>) =>
    check.pipe(
      Effect.as(null),
      Effect.mapError(({ message }) => message),
    );
  yield* addProbe({ name: "strom", check: timed(Strom.callOnce(bot.health.live())) });
  yield* addProbe({ name: "telegram", check: timed(telegram.me) });
});

const program = Effect.fnUntraced(function* (options: Options) {
  const telegram = yield* BotApi;
  const links = yield* Links.Links;
  yield* addProbes(options);
  const me = yield* insist(telegram.me);
  yield* findSomebody(options);
  yield* insist(telegram.commands(Commands.menu));
  yield* Effect.logInfo(`the Telegram bot @${me.username} is ready`, { links: links.all().length });
  yield* Effect.all(
    [
      listen(options),
      Notifier.run(options.pace ?? Outbox.usualPace),
      DailyNotices.run,
      Effect.forever(Effect.andThen(Effect.sleep(REFRESH_EVERY), Effect.ignore(links.refresh))),
    ],
    { concurrency: "unbounded", discard: true },
  );
}, Effect.scoped);

/** Runs the bot until something is fatal: a token Telegram does not know, another poller, nobody to talk to. */
export const run = Effect.fn("Telegram.run")(function* (options: Options) {
  const now = yield* Clock.currentTimeMillis;
  const services = Layer.mergeAll(
    TelegramApi.layer({ token: options.token, apiRoot: options.apiRoot }),
    Links.layer.pipe(
      Layer.provideMerge(Strom.layer({ apiUrl: options.stromUrl, botToken: options.botToken })),
    ),
    Buttons.layer(options.token),
    Gate.layer({ allowedUsers: options.allowedUsers }),
    Standing.layer(now),
    Pacing.layer,
  );
  return yield* Effect.provide(program(options), services);
});
