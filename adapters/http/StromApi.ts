import { HttpApi, OpenApi } from "effect/http-api";
import { AgentsApi } from "./AgentsApi.ts";
import { BooksApi } from "./BooksApi.ts";
import { EventsApi } from "./EventsApi.ts";
import { MarketApi } from "./MarketApi.ts";
import { Problems } from "./Problems.ts";
import * as SecuritySchemes from "./SecuritySchemes.ts";
import { StrategiesApi } from "./StrategiesApi.ts";
import { HealthApi, MeApi } from "./SystemApi.ts";
import { TelegramApi, TelegramBotApi } from "./TelegramApi.ts";

/**
 * The whole HTTP contract. The server, the typed client, `/openapi.json` and `/docs` come from this one value.
 * Unknown properties are an error in bodies and queries, and every problem of a request is reported at once.
 */
export class StromApi extends HttpApi.make("strom")
  .add(
    AgentsApi,
    BooksApi,
    StrategiesApi,
    MarketApi,
    EventsApi,
    MeApi,
    HealthApi,
    TelegramApi,
    TelegramBotApi,
  )
  .middleware(Problems)
  .annotate(HttpApi.PayloadParseOptions, { onExcessProperty: "error", errors: "all", reportInput: true })
  .annotate(HttpApi.QueryParseOptions, { onExcessProperty: "error", errors: "all", reportInput: true })
  .annotate(HttpApi.HeadersParseOptions, { errors: "all" })
  .annotateMerge(
    OpenApi.annotations({
      title: "STROM",
      version: "0.1.0",
      description:
        "Paper-trading agents. Money, prices and quantities are decimal strings, instants ISO 8601 in UTC, failures RFC 9457 problem details with a code.",
      license: { name: "MIT" },
      transform: SecuritySchemes.declare,
    }),
  ) {}
