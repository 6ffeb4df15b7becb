import { Database } from "@strom/core/ports";
import { Console, Effect, Layer } from "effect";
import { Command } from "effect/cli";
import { HttpServer } from "effect/http";
import * as NetAddress from "effect/net/NetAddress";
import * as Api from "../api/Api.ts";
import * as BotToken from "../api/BotToken.ts";
import * as DevIdentity from "../api/DevIdentity.ts";
import { Limits } from "../api/Limits.ts";
import { NewAgents, seeded } from "../api/NewAgents.ts";
import * as Server from "../api/Server.ts";
import * as Composition from "../Composition.ts";
import * as Config from "../Config.ts";
import * as Metrics from "../Metrics.ts";
import * as Strategies from "../strategies/Strategies.ts";
import * as Record from "./Record.ts";

/** The API and the web page, over a record that others work on, until it is told to stop. */
const run = Effect.fnUntraced(function* (settings: Config.Settings) {
  const refusal = DevIdentity.refusal(settings);
  if (refusal !== null) return yield* new DevIdentity.DevIdentityRefused({ message: refusal });
  yield* Composition.check(settings, "api");
  const http = yield* Layer.build(Server.layerHttp({ host: settings.httpHost, port: settings.httpPort }));
  const { address } = yield* Effect.provideContext(HttpServer.HttpServer, http);
  const shared = yield* Layer.build(
    Layer.mergeAll(
      Api.layerShared.pipe(Layer.provideMerge(Record.layer(settings))),
      BotToken.layer(settings.botToken),
      Layer.succeed(NewAgents, seeded(settings.seed)),
      Layer.succeed(Limits, settings),
      Metrics.layerProcess,
    ),
  );
  yield* Layer.build(Server.layer).pipe(Effect.provideContext(http), Effect.provideContext(shared));
  yield* Console.log(`strom api is at ${NetAddress.formatUrlUnsafe(address)}`);
  const { replaced } = yield* Effect.provideContext(Database, shared);
  return yield* replaced;
}, Effect.scoped);

const start = Effect.gen(function* () {
  const settings = yield* Config.read;
  return yield* run(settings).pipe(Strategies.provide(settings));
});

export const api = Command.make("api", {}, () => start).pipe(
  Command.withDescription("The API and the web page alone, beside workers. Needs DATABASE_URL"),
  Command.withExamples([
    {
      command: "DATABASE_URL=postgres://localhost/strom NATS_URL=nats://localhost strom api",
      description: "On STROM_HTTP_HOST and STROM_HTTP_PORT",
    },
  ]),
);
