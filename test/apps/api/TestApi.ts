import * as InProcessBus from "@strom/adapters/inprocess/InProcessBus.ts";
import * as PgAgents from "@strom/adapters/postgres/PgAgents.ts";
import * as PgAnswers from "@strom/adapters/postgres/PgAnswers.ts";
import * as PgBooks from "@strom/adapters/postgres/PgBooks.ts";
import * as PgPriceBook from "@strom/adapters/postgres/PgPriceBook.ts";
import * as PgQuotes from "@strom/adapters/postgres/PgQuotes.ts";
import * as PgShelf from "@strom/adapters/postgres/PgShelf.ts";
import * as PgTelegramLinks from "@strom/adapters/postgres/PgTelegramLinks.ts";
import * as PgTelegramMemory from "@strom/adapters/postgres/PgTelegramMemory.ts";
import * as PgUsers from "@strom/adapters/postgres/PgUsers.ts";
import * as Api from "@strom/apps/api/Api.ts";
import * as BotToken from "@strom/apps/api/BotToken.ts";
import * as Server from "@strom/apps/api/Server.ts";
import type { Redacted } from "effect";
import { Effect, Layer } from "effect";
import { HttpServer } from "effect/http";
import * as NetAddress from "effect/net/NetAddress";
import * as Databases from "../../adapters/postgres/Databases.ts";

/** The ports the API needs, over a migrated record. */
export const portsOver = (record: Databases.Record) =>
  Layer.mergeAll(
    PgUsers.layer,
    PgAgents.layer,
    PgBooks.layer,
    PgQuotes.layer,
    PgPriceBook.layer,
    PgAnswers.layer,
    PgShelf.layer,
    PgTelegramLinks.layer,
    PgTelegramMemory.layer,
  ).pipe(Layer.provideMerge(Layer.merge(record, InProcessBus.layer)));

/** Over an embedded database that is gone with the test. */
export const ports = portsOver(Databases.embedded);

/** The API on a free port of loopback over any ports. */
export const layerOver = <A, E>(
  ports: Layer.Layer<A, E>,
  botToken: Redacted.Redacted<string> | null = null,
) =>
  Server.layer.pipe(
    Layer.provideMerge(Server.layerHttp({ host: "127.0.0.1", port: 0 })),
    Layer.provideMerge(Api.layerShared),
    Layer.provideMerge(BotToken.layer(botToken)),
    Layer.provideMerge(ports),
  );

/** The whole API, and everything under it. */
export const layer = layerOver(ports);

/** Where it is, such as http://127.0.0.1:39999. */
export const baseUrl = Effect.map(HttpServer.HttpServer, ({ address }) =>
  NetAddress.formatUrlUnsafe(address),
);

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; null when there is none. A test reads what it expects, and fails where it is not so. */
  readonly body: ReturnType<typeof JSON.parse>;
}

export interface Ask {
  readonly user?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown;
}

/** A request as any client would send it. */
export const ask = (method: string, path: string, { user, headers = {}, body }: Ask = {}) =>
  Effect.gen(function* () {
    const url = yield* baseUrl;
    return yield* Effect.promise(async (): Promise<Answer> => {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(user === undefined ? {} : { "x-strom-user": user }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = /json/.test(response.headers.get("content-type") ?? "");
      return {
        status: response.status,
        headers: response.headers,
        text,
        body: isJson && text !== "" ? JSON.parse(text) : null,
      };
    });
  });

/** The agent of the API's own documentation. */
export const niftyEma = {
  name: "nifty-ema",
  mode: "paper",
  frequency_seconds: 1,
  universe: { symbols: ["NSE:NIFTY50-INDEX", "NSE:BANKNIFTY-INDEX"] },
  strategies: [{ key: "ema_crossover", params: { ema_fast: 9, ema_slow: 21 } }],
  risk_profile: {
    max_risk_per_trade_pct: 1.0,
    max_daily_loss_pct: 3.0,
    max_open_positions: 3,
    cooldown_seconds: 30,
    max_notional_exposure_pct: 100.0,
  },
  capital: "100000.00",
};

/** Makes it, for a user. */
export const create = (user: string, change: Readonly<Record<string, unknown>> = {}) =>
  Effect.map(ask("POST", "/v1/agents", { user, body: { ...niftyEma, ...change } }), ({ body }) => body);
