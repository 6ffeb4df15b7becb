import { randomBytes } from "node:crypto";
import { Console, Effect, Layer, Redacted } from "effect";
import { Command } from "effect/cli";
import { FetchHttpClient, HttpServer } from "effect/http";
import * as NetAddress from "effect/net/NetAddress";
import * as Health from "../api/Health.ts";
import * as Readiness from "../api/Readiness.ts";
import * as Server from "../api/Server.ts";
import type { Settings } from "../Config.ts";
import * as Config from "../Config.ts";
import * as Metrics from "../Metrics.ts";
import type * as Bot from "../telegram/Bot.ts";
import { InputRefused } from "./Refusal.ts";
import { link } from "./TelegramLink.ts";

/** Read in only where there is a bot. */
const bot = Effect.promise(() => import("../telegram/Bot.ts"));

interface Place {
  readonly token: Redacted.Redacted<string>;
  readonly stromUrl: string;
  readonly botToken: Redacted.Redacted<string>;
  readonly whenNobody: Bot.Options["whenNobody"];
}

const run = Effect.fnUntraced(function* (
  settings: Settings,
  place: Place,
  others: Pick<Bot.Options, "addProbe"> = {},
) {
  const { run } = yield* bot;
  const { telegramWebhookUrl: url, telegramWebhookHost: host, telegramWebhookPort: port } = settings;
  return yield* run({
    ...place,
    ...others,
    apiRoot: settings.telegramApiRoot,
    allowedUsers: settings.telegramAllowedUsers,
    webhook: url === null ? null : { url, host, port },
  }).pipe(Effect.provide(FetchHttpClient.layer));
});

/** The secret of a bot beside the API in one process: the configured one, or one that nobody else ever learns. */
export const botToken = ({ botToken, telegramBotToken }: Settings): Redacted.Redacted<string> | null =>
  botToken ?? (telegramBotToken === null ? null : Redacted.make(randomBytes(32).toString("hex")));

/**
 * The bot beside everything else, in a fiber of the scope, when there is a token for it. Whatever ends it is told in
 * the log and ends nothing else.
 */
export const alongside = Effect.fnUntraced(function* (
  settings: Settings,
  address: string,
  botToken: Redacted.Redacted<string> | null,
) {
  const { telegramBotToken: token } = settings;
  if (token === null || botToken === null) return;
  // Where all addresses are listened on, this machine's own is one of them.
  const stromUrl = address.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:");
  yield* run(settings, { token, stromUrl, botToken, whenNobody: "wait" }).pipe(
    Effect.catch((error) => Effect.logError(`the Telegram bot ended: ${error.message}`)),
    Effect.catchDefect((defect) => Effect.logError("the Telegram bot ended by a fault of ours", defect)),
    Effect.forkScoped,
  );
});

const missing = (name: string, why: string): InputRefused =>
  new InputRefused({ message: `${name} is not set: ${why}` });

const start = Effect.gen(function* () {
  const settings = yield* Config.read;
  const { telegramBotToken: token, botToken, apiUrl } = settings;
  if (token === null) {
    return yield* missing("TELEGRAM_BOT_TOKEN", "it is the token that BotFather gives to a new bot");
  }
  if (botToken === null) {
    return yield* missing(
      "STROM_BOT_TOKEN",
      "the API knows the bot by it; set the same 32 or more characters for both, such as the output of openssl rand -hex 32",
    );
  }
  const http = yield* Layer.build(Server.layerHttp({ host: settings.httpHost, port: settings.httpPort }));
  const { address } = yield* Effect.provideContext(HttpServer.HttpServer, http);
  const shared = yield* Layer.build(Layer.merge(Readiness.layerEmpty, Metrics.layerProcess));
  const readiness = yield* Effect.provideContext(Readiness.Readiness, shared);
  yield* Layer.build(Health.layer).pipe(Effect.provideContext(http), Effect.provideContext(shared));
  yield* Console.log(
    `strom telegram works; its health and metrics are at ${NetAddress.formatUrlUnsafe(address)}`,
  );
  const stromUrl = apiUrl.replace(/\/+$/, "");
  return yield* run(
    settings,
    { token, stromUrl, botToken, whenNobody: "refuse" },
    { addProbe: readiness.add },
  );
}).pipe(Effect.scoped);

export const telegram = Command.make("telegram", {}, () => start).pipe(
  Command.withSubcommands([link]),
  Command.withDescription(
    "The Telegram bot, beside an API at STROM_API_URL. strom up runs it by itself when TELEGRAM_BOT_TOKEN is set",
  ),
  Command.withExamples([
    {
      command: "TELEGRAM_BOT_TOKEN=… STROM_BOT_TOKEN=… STROM_HTTP_PORT=0 strom telegram",
      description: "By long polling, or by webhook with TELEGRAM_WEBHOOK_URL; health on any free port",
    },
  ]),
);
