import { Database, RuntimeStore } from "@strom/core/ports";
import { Console, Effect, Layer } from "effect";
import { Command } from "effect/cli";
import { HttpServer } from "effect/http";
import * as NetAddress from "effect/net/NetAddress";
import * as Health from "../api/Health.ts";
import * as Readiness from "../api/Readiness.ts";
import * as Server from "../api/Server.ts";
import * as Composition from "../Composition.ts";
import * as Config from "../Config.ts";
import * as Metrics from "../Metrics.ts";
import * as Strangers from "../strategies/Strangers.ts";
import * as Strategies from "../strategies/Strategies.ts";
import * as Record from "./Record.ts";

/** Who asks the strategies is ready when it has those that are asked for: an upgrade that lacks some stops there. */
const addProbe = Effect.fnUntraced(function* (service: Composition.Service) {
  if (!Composition.services[service].some((role) => role === "runtime")) return;
  const catalog = yield* Strategies.Strategies;
  const store = yield* RuntimeStore;
  const readiness = yield* Readiness.Readiness;
  const check = Strangers.sentence(catalog).pipe(
    Effect.provideService(RuntimeStore, store),
    Effect.mapError(() => "cannot be asked for"),
    Effect.flatMap((found) => (found === null ? Effect.succeed(null) : Effect.fail(found))),
  );
  yield* readiness.add({ name: "strategies", check });
});

/** A process of some roles, beside others over the same database, until it is told to stop. */
const run = Effect.fnUntraced(function* (service: Composition.Service, settings: Config.Settings) {
  yield* Composition.check(settings, service);
  const http = yield* Layer.build(Server.layerHttp({ host: settings.httpHost, port: settings.httpPort }));
  const { address } = yield* Effect.provideContext(HttpServer.HttpServer, http);
  const record = yield* Layer.build(
    Layer.merge(Readiness.layer.pipe(Layer.provideMerge(Record.layer(settings))), Metrics.layerProcess),
  );
  return yield* Effect.gen(function* () {
    yield* addProbe(service);
    yield* Layer.build(Health.layer).pipe(Effect.provideContext(http));
    yield* Layer.build(Composition.layerPipeline(settings, Composition.services[service]));
    yield* Console.log(
      `strom ${service} works; its health and metrics are at ${NetAddress.formatUrlUnsafe(address)}`,
    );
    return yield* (yield* Database).replaced;
  }).pipe(Effect.provideContext(record));
}, Effect.scoped);

const start = Effect.fnUntraced(function* (service: Composition.Service) {
  const settings = yield* Config.read;
  return yield* run(service, settings).pipe(Strategies.provide(settings));
});

const about: Readonly<Record<Composition.Service, string>> = {
  worker: "Takes its share of everything: market, scheduler and every stage; start as many as are needed",
  scheduler: "Ticks the agents; of several, one does and the others stand by",
  market: "Writes the prices STROM_MARKET names; of several, one does and the others stand by",
  runtime: "Asks the strategies; several share the partitions",
  risk: "Lets signals through or not; several share the partitions",
  execution: "Fills what was let through; several share the partitions",
};

const command = (service: Composition.Service) =>
  Command.make(service, {}, () => start(service)).pipe(
    Command.withDescription(`${about[service]}. Needs DATABASE_URL`),
    Command.withExamples([
      {
        command: `DATABASE_URL=postgres://localhost/strom NATS_URL=nats://localhost STROM_HTTP_PORT=0 strom ${service}`,
        description: "Health and metrics on any free port",
      },
    ]),
  );

/** One command a kind of process. */
export const services = [
  command("worker"),
  command("scheduler"),
  command("market"),
  command("runtime"),
  command("risk"),
  command("execution"),
] as const;
