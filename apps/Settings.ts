import type { Redacted } from "effect";

/** Where prices come from: the seeded simulator, a CSV file, or only feeders over HTTP. */
export type MarketSource =
  | { readonly kind: "sim" }
  | { readonly kind: "replay"; readonly file: string }
  | { readonly kind: "none" };

/** What every variable becomes once read. Optional parts are `null` when their variable is not set. */
export interface Settings {
  readonly databaseUrl: Redacted.Redacted<string> | null;
  readonly natsUrl: Redacted.Redacted<string> | null;
  readonly valkeyUrl: Redacted.Redacted<string> | null;
  readonly dataDir: string;
  readonly httpHost: string;
  readonly httpPort: number;
  readonly seed: bigint;
  readonly market: MarketSource;
  /** How many times faster than lived a replay runs; `"max"` is as fast as the pipeline commits. */
  readonly replaySpeed: number | "max";
  readonly symbols: ReadonlyArray<string>;
  /** A folder of strategy files beside the built-in ones. */
  readonly strategies: string | null;
  /** Null asks for what the database was made with, 16 when it is new. */
  readonly partitions: number | null;
  readonly auth: "dev" | "oidc";
  readonly oidcIssuer: string | null;
  readonly oidcAudience: string | null;
  readonly telegramBotToken: Redacted.Redacted<string> | null;
  readonly telegramApiRoot: string;
  /** Ids of the people the bot talks to at all; `null` is whoever has a code. */
  readonly telegramAllowedUsers: ReadonlyArray<number> | null;
  readonly telegramWebhookUrl: string | null;
  readonly telegramWebhookHost: string;
  readonly telegramWebhookPort: number;
  /** What the bot and the API know each other by. */
  readonly botToken: Redacted.Redacted<string> | null;
  /** Where `strom telegram` finds the API. */
  readonly apiUrl: string;
  readonly logLevel: "Trace" | "Debug" | "Info" | "Warn" | "Error" | "None";
  readonly journalDays: number;
  readonly priceDays: number;
  /** How many agents a user may have at once. */
  readonly agentsMax: number;
  /** How many times the latest price, or which part of it, a fed price may be. */
  readonly feedJump: number;
  readonly otlpUrl: string | null;
  /** `NODE_ENV=production`: the development identity is refused then. */
  readonly isProduction: boolean;
}
