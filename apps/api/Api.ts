import * as Problems from "@strom/adapters/http/Problems.ts";
import { StromApi } from "@strom/adapters/http/StromApi.ts";
import { Layer } from "effect";
import { HttpApiBuilder } from "effect/http-api";
import * as Web from "../web/Web.ts";
import * as AgentsHandlers from "./AgentsHandlers.ts";
import * as BooksHandlers from "./BooksHandlers.ts";
import * as DevIdentity from "./DevIdentity.ts";
import * as Docs from "./Docs.ts";
import * as Edge from "./Edge.ts";
import * as EventsHandlers from "./EventsHandlers.ts";
import * as KnownStrategies from "./KnownStrategies.ts";
import * as MarketHandlers from "./MarketHandlers.ts";
import * as Readiness from "./Readiness.ts";
import * as StrategiesHandlers from "./StrategiesHandlers.ts";
import * as SystemHandlers from "./SystemHandlers.ts";
import * as TelegramHandlers from "./TelegramHandlers.ts";
import * as TelegramIdentity from "./TelegramIdentity.ts";
import * as Wakes from "./Wakes.ts";

const handlers = Layer.mergeAll(
  AgentsHandlers.layer,
  BooksHandlers.layer,
  StrategiesHandlers.layer,
  MarketHandlers.layer,
  EventsHandlers.layer,
  SystemHandlers.layer,
  TelegramHandlers.layer,
);

/** Who callers are: a Telegram chat's user when the bot asks for one, else whom the development identity believes. */
const identity = Layer.merge(
  TelegramIdentity.layer.pipe(Layer.provide(DevIdentity.layer)),
  TelegramIdentity.layerBot,
);

/**
 * The API, its documentation and the web page, as routes. What it needs of the outside: the ports it reads and
 * writes through, the strategies it knows, and a `Readiness` others may add their probes to.
 */
export const layer = Layer.mergeAll(
  HttpApiBuilder.layer(StromApi, { openapiPath: "/openapi.json" }).pipe(
    Layer.provide(handlers),
    Layer.provide([Problems.layer, identity, Wakes.layer]),
  ),
  Docs.layer,
  Web.layer,
  Edge.layer,
);

/** What the handlers share with the rest of the process. */
export const layerShared = Layer.mergeAll(KnownStrategies.layer, Readiness.layer);
