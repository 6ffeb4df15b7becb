import { ConfigProvider, Context, Effect, Layer, Result, Schema } from "effect";
import type { MarketSource, Settings } from "./Settings.ts";
import type { Variable } from "./Variable.ts";
import * as Read from "./Variable.ts";

export type { MarketSource, Settings } from "./Settings.ts";

const market: Read.Parse<MarketSource> = (text) => {
  if (text === "sim" || text === "none") return Result.succeed({ kind: text });
  const file = text.startsWith("replay:") ? text.slice("replay:".length).trim() : "";
  return file === "" ? Result.fail(Read.wrong) : Result.succeed({ kind: "replay", file });
};

const speed: Read.Parse<number | "max"> = (text) =>
  text === "max" ? Result.succeed("max") : Read.number({ above: 0, to: 1e9 })(text);

/** As the API takes them. */
export const isSymbol = (text: string): boolean => /^[A-Z0-9][A-Z0-9._:/-]{0,39}$/.test(text);

const symbols: Read.Parse<ReadonlyArray<string>> = (text) => {
  const list = text.split(",").map((symbol) => symbol.trim());
  const isEachWellFormed = list.every(isSymbol);
  return isEachWellFormed && new Set(list).size === list.length
    ? Result.succeed(list)
    : Result.fail(Read.wrong);
};

const userIds: Read.Parse<ReadonlyArray<number>> = (text) => {
  const ids = text.split(",").map((id) => id.trim());
  return ids.every((id) => /^[1-9]\d{0,15}$/.test(id) && Number(id) < 2 ** 52)
    ? Result.succeed(ids.map(Number))
    : Result.fail(Read.wrong);
};

/** Every variable STROM reads, in the order `strom config` prints them. */
export const variables = {
  databaseUrl: Read.make("DATABASE_URL", Read.secret(Read.url("postgres:", "postgresql:")), {
    meaning: "Postgres server; without it an embedded one lives in STROM_DATA_DIR",
    right: "a URL such as postgres://user:password@localhost:5432/strom",
  }),
  natsUrl: Read.make("NATS_URL", Read.secret(Read.url("nats:", "tls:")), {
    meaning: "NATS server with JetStream; without it events stay in this process",
    right: "a URL such as nats://localhost:4222",
  }),
  valkeyUrl: Read.make("VALKEY_URL", Read.secret(Read.url("redis:", "rediss:", "valkey:")), {
    meaning: "reserved: a Valkey server for shared rate limits, which this version does not have",
    right: "a URL such as redis://localhost:6379",
  }),
  dataDir: Read.make("STROM_DATA_DIR", Read.text, {
    meaning: "folder of the embedded database",
    right: "a path",
    fallback: ".strom",
  }),
  httpHost: Read.make("STROM_HTTP_HOST", Read.text, {
    meaning: "address the API and the web page listen on",
    right: "a host name or an IP address such as 127.0.0.1",
    fallback: "127.0.0.1",
  }),
  httpPort: Read.make("STROM_HTTP_PORT", Read.integer({ from: 0, to: 65_535 }), {
    meaning: "port the API and the web page listen on; 0 takes any free one",
    right: "a whole number from 0 to 65535",
    fallback: "8080",
  }),
  seed: Read.make("STROM_SEED", Read.bigint, {
    meaning: "seed of the simulated market and of fills",
    right: "a whole number from 0 to 9223372036854775807",
    fallback: "42",
  }),
  market: Read.make("STROM_MARKET", market, {
    meaning: "where prices come from: simulated, replayed from a CSV file, or only from feeders",
    right: "sim, replay:FILE.csv or none",
    fallback: "sim",
  }),
  replaySpeed: Read.make("STROM_REPLAY_SPEED", speed, {
    meaning: "how many times faster than it was lived a replay runs",
    right: "a factor above 0 such as 1 or 60, or max",
    fallback: "1",
  }),
  symbols: Read.make("STROM_SYMBOLS", symbols, {
    meaning: "symbols the simulator prices",
    right: "different symbols of A-Z, 0-9 and . _ : / -, separated by commas, such as BTC-USD,ETH-USD",
    fallback: "NSE:NIFTY50-INDEX,NSE:BANKNIFTY-INDEX,BTC-USD,ETH-USD",
  }),
  strategies: Read.make("STROM_STRATEGIES", Read.text, {
    meaning: "folder of strategy files that join the built-in ones, each checked at the start",
    right: "a path",
  }),
  partitions: Read.make("STROM_PARTITIONS", Read.integer({ from: 1, to: 1024 }), {
    meaning: "partitions of the journal, fixed by the first migration: 16 unless it is set then",
    right: "a whole number from 1 to 1024",
  }),
  auth: Read.make("STROM_AUTH", Read.oneOf("dev", "oidc"), {
    meaning:
      "who callers are: dev trusts X-Strom-User on loopback; oidc is reserved, this version does not have it",
    right: "dev or oidc",
    fallback: "dev",
  }),
  oidcIssuer: Read.make("STROM_OIDC_ISSUER", Read.url("https:", "http:"), {
    meaning: "issuer of access tokens",
    right: "a URL such as https://login.example.com/realms/strom",
  }),
  oidcAudience: Read.make("STROM_OIDC_AUDIENCE", Read.text, {
    meaning: "audience access tokens must name",
    right: "a name such as strom-api",
  }),
  telegramBotToken: Read.make("TELEGRAM_BOT_TOKEN", Read.secret(Read.matching(/^\d+:[\w-]{20,}$/)), {
    meaning: "token of the Telegram bot; without it there is no bot",
    right: "the token BotFather gave, digits, a colon and 35 characters",
  }),
  telegramApiRoot: Read.make("TELEGRAM_API_ROOT", Read.url("https:", "http:"), {
    meaning: "root of the Telegram Bot API",
    right: "a URL such as https://api.telegram.org",
    fallback: "https://api.telegram.org",
  }),
  telegramAllowedUsers: Read.make("TELEGRAM_ALLOWED_USERS", userIds, {
    meaning: "Telegram users the bot talks to; without it whoever has a one-time code may link a chat",
    right: "numeric ids separated by commas, such as 123456789,987654321",
  }),
  telegramWebhookUrl: Read.make("TELEGRAM_WEBHOOK_URL", Read.url("https:", "http:"), {
    meaning: "public URL Telegram posts updates to; without it the bot polls",
    right: "a URL such as https://strom.example.com/telegram",
  }),
  telegramWebhookHost: Read.make("TELEGRAM_WEBHOOK_HOST", Read.text, {
    meaning: "address the bot listens on for what arrives at TELEGRAM_WEBHOOK_URL",
    right: "a host name or an IP address such as 127.0.0.1",
    fallback: "127.0.0.1",
  }),
  telegramWebhookPort: Read.make("TELEGRAM_WEBHOOK_PORT", Read.integer({ from: 0, to: 65_535 }), {
    meaning: "port the bot listens on for what arrives at TELEGRAM_WEBHOOK_URL",
    right: "a whole number from 0 to 65535",
    fallback: "8081",
  }),
  botToken: Read.make("STROM_BOT_TOKEN", Read.secret(Read.matching(/^[\x21-\x7e]{32,}$/)), {
    meaning: "secret the Telegram bot and the API share; strom up draws one itself",
    right: "32 or more visible characters, such as the output of openssl rand -hex 32",
  }),
  apiUrl: Read.make("STROM_API_URL", Read.url("https:", "http:"), {
    meaning: "where strom telegram finds the API",
    right: "a URL such as http://127.0.0.1:8080",
    fallback: "http://127.0.0.1:8080",
  }),
  logLevel: Read.make("STROM_LOG_LEVEL", Read.logLevel, {
    meaning: "least severe log line that is printed",
    right: "Trace, Debug, Info, Warn, Error or None",
    fallback: "Info",
  }),
  journalDays: Read.make("STROM_JOURNAL_DAYS", Read.integer({ from: 1, to: 3650 }), {
    meaning: "days the journal keeps what every stage has read",
    right: "a whole number from 1 to 3650",
    fallback: "7",
  }),
  priceDays: Read.make("STROM_PRICE_DAYS", Read.integer({ from: 1, to: 36_500 }), {
    meaning: "days market prices stay on record; runs keep the bars they saw for ever",
    right: "a whole number from 1 to 36500",
    fallback: "365",
  }),
  agentsMax: Read.make("STROM_AGENTS_MAX", Read.integer({ from: 1, to: 1_000_000 }), {
    meaning: "how many agents a user may have, deleted ones not counted",
    right: "a whole number from 1 to 1000000",
    fallback: "20000",
  }),
  feedJump: Read.make("STROM_FEED_JUMP", Read.integer({ from: 2, to: 1_000_000 }), {
    meaning: "how many times the latest price, up or down, a fed price may be within an hour of it",
    right: "a whole number from 2 to 1000000",
    fallback: "2",
  }),
  otlpUrl: Read.make("STROM_OTLP_URL", Read.url("https:", "http:"), {
    meaning: "where traces go; without it they are not sent",
    right: "a URL such as http://localhost:4318",
  }),
  isProduction: Read.make("NODE_ENV", (text) => Result.succeed(text === "production"), {
    meaning: "production refuses the development identity",
    right: "production or development",
    fallback: "development",
  }),
} as const satisfies { readonly [K in keyof Settings]: Variable<Settings[K]> };

/** One or more variables hold what they cannot mean. The message has a line for each. */
export class ConfigInvalid extends Schema.TaggedError<ConfigInvalid>()("ConfigInvalid", {
  problems: Schema.Array(Schema.String),
}) {
  override get message() {
    return this.problems.join("\n");
  }
}

/** The settings this process was started with. */
export class Config extends Context.Service<Config, Settings>()("strom/apps/Config") {}

/** Reads every variable from the current `ConfigProvider`, and reports all wrong ones at once. */
export const read: Effect.Effect<Settings, ConfigInvalid> = Effect.gen(function* () {
  const provider = yield* ConfigProvider.ConfigProvider;
  const problems: Array<string> = [];
  const take = <A>(variable: Variable<A>) =>
    Effect.map(Read.lookup(provider, variable.name), (text) => {
      const value = Read.parse(variable, text);
      if (Result.isFailure(value)) problems.push(value.failure);
      return value;
    });
  const found = yield* Effect.all({
    databaseUrl: take(variables.databaseUrl),
    natsUrl: take(variables.natsUrl),
    valkeyUrl: take(variables.valkeyUrl),
    dataDir: take(variables.dataDir),
    httpHost: take(variables.httpHost),
    httpPort: take(variables.httpPort),
    seed: take(variables.seed),
    market: take(variables.market),
    replaySpeed: take(variables.replaySpeed),
    symbols: take(variables.symbols),
    strategies: take(variables.strategies),
    partitions: take(variables.partitions),
    auth: take(variables.auth),
    oidcIssuer: take(variables.oidcIssuer),
    oidcAudience: take(variables.oidcAudience),
    telegramBotToken: take(variables.telegramBotToken),
    telegramApiRoot: take(variables.telegramApiRoot),
    telegramAllowedUsers: take(variables.telegramAllowedUsers),
    telegramWebhookUrl: take(variables.telegramWebhookUrl),
    telegramWebhookHost: take(variables.telegramWebhookHost),
    telegramWebhookPort: take(variables.telegramWebhookPort),
    botToken: take(variables.botToken),
    apiUrl: take(variables.apiUrl),
    logLevel: take(variables.logLevel),
    journalDays: take(variables.journalDays),
    priceDays: take(variables.priceDays),
    agentsMax: take(variables.agentsMax),
    feedJump: take(variables.feedJump),
    otlpUrl: take(variables.otlpUrl),
    isProduction: take(variables.isProduction),
  });
  const settings = Result.all(found);
  return Result.isFailure(settings) ? yield* new ConfigInvalid({ problems }) : settings.success;
});

export const layer: Layer.Layer<Config, ConfigInvalid> = Layer.effect(Config, read);
