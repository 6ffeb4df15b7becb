import { Database, roles } from "@strom/core/ports";
import { Console, Effect, Layer, Option } from "effect";
import { Command, Flag } from "effect/cli";
import { HttpServer } from "effect/http";
import * as NetAddress from "effect/net/NetAddress";
import * as Api from "../api/Api.ts";
import * as BotToken from "../api/BotToken.ts";
import * as DevIdentity from "../api/DevIdentity.ts";
import { Limits } from "../api/Limits.ts";
import { NewAgents, seeded } from "../api/NewAgents.ts";
import { Readiness } from "../api/Readiness.ts";
import * as Server from "../api/Server.ts";
import * as Composition from "../Composition.ts";
import * as Config from "../Config.ts";
import * as Metrics from "../Metrics.ts";
import * as ReplayFile from "../pipeline/ReplayFile.ts";
import * as Soundness from "../pipeline/Soundness.ts";
import * as Strategies from "../strategies/Strategies.ts";
import * as Demo from "./Demo.ts";
import * as Given from "./Given.ts";
import * as Narrator from "./Narrator.ts";
import * as Paint from "./Paint.ts";
import * as Record from "./Record.ts";
import * as Telegram from "./Telegram.ts";

const isDemo = Flag.Boolean("demo").pipe(
  Flag.withDescription("Make one agent for dev@strom.local that trades, and tell what it does"),
  Flag.withDefault(false),
);

const port = Given.whole(
  "port",
  { from: 0, to: 65_535 },
  "Port to listen on instead of STROM_HTTP_PORT; 0 takes any free one",
).pipe(Flag.optional);

/** What the demo agent trades, and how often: a recording's own symbol and interval, or everything once a second. */
const demoOf = Effect.fnUntraced(function* (settings: Config.Settings) {
  const { market, symbols, seed } = settings;
  if (market.kind !== "replay") return { seed, symbols, frequencySeconds: 1 };
  const { symbol, bars } = yield* ReplayFile.read(market.file, ReplayFile.symbolOf(symbols));
  const first = bars[0];
  const seconds = first === undefined ? 60 : Math.round((first.to - first.from) / 1000);
  return { seed, symbols: [symbol], frequencySeconds: Math.min(86_400, Math.max(1, seconds)) };
});

/** Ready once every stage has caught up with what a former process left. */
const makeProbe = Effect.gen(function* () {
  const readiness = yield* Readiness;
  let isRunning = false;
  yield* readiness.add({
    name: "pipeline",
    check: Effect.suspend(() => (isRunning ? Effect.succeed(0) : Effect.fail("is catching up"))),
  });
  return Effect.sync(() => {
    isRunning = true;
  });
});

/** Over a server others may be at work too, and the books may be too large to be looked through at every start. */
const checked = Soundness.check.pipe(
  Effect.catchTag("DatabaseUnavailable", (error) =>
    Effect.logWarning("the books were not checked; `strom verify` takes its time", error.message),
  ),
);

const greet = (paint: Paint.Paint, address: string, hasDemo: boolean) =>
  Effect.gen(function* () {
    yield* Console.log(`STROM is at ${paint.bold(address)}`);
    yield* Console.log(
      paint.dim(
        `  the API's pages are at ${address}/docs${hasDemo ? "; the agent is called demo" : ""}; Ctrl+C stops`,
      ),
    );
  });

/** Everything in one process, until it is told to stop. Parts are closed in the opposite order. */
const run = Effect.fnUntraced(function* (settings: Config.Settings, hasDemo: boolean) {
  const refusal = DevIdentity.refusal(settings);
  if (refusal !== null) return yield* new DevIdentity.DevIdentityRefused({ message: refusal });
  yield* Composition.check(settings, "up");
  const paint = Paint.forStream(process.stdout, process.env["NO_COLOR"]);

  // The port first: a second start by mistake ends here, before it touches anything.
  const http = yield* Layer.build(
    Server.layerHttp({ host: settings.httpHost, port: settings.httpPort, hasFlag: true }),
  );
  const botToken = Telegram.botToken(settings);
  const shared = yield* Layer.build(
    Layer.mergeAll(
      Api.layerShared.pipe(Layer.provideMerge(Record.layer(settings))),
      BotToken.layer(botToken),
      Layer.succeed(NewAgents, seeded(settings.seed)),
      Layer.succeed(Limits, settings),
      Metrics.layerProcess,
    ),
  );
  return yield* Effect.gen(function* () {
    const isRunning = yield* makeProbe;
    yield* Layer.build(Server.layer).pipe(Effect.provideContext(http));
    // Whatever stops the start does so here, before anything is said or made: books that do not add up, a bad file.
    if (settings.databaseUrl !== null) yield* checked;
    yield* Layer.build(Composition.layerPipeline(settings, roles));
    yield* isRunning;
    const address = NetAddress.formatUrlUnsafe(
      (yield* Effect.provideContext(HttpServer.HttpServer, http)).address,
    );
    const demo = hasDemo ? yield* Demo.ensure(yield* demoOf(settings)) : null;
    yield* greet(paint, address, hasDemo);
    if (demo !== null) {
      yield* Effect.forkScoped(Narrator.tell(paint, demo.userId));
      yield* Effect.forkScoped(Narrator.everyHour(paint, demo.userId));
    }
    yield* Telegram.alongside(settings, address, botToken);
    return yield* (yield* Database).replaced;
  }).pipe(Effect.provideContext(shared));
}, Effect.scoped);

export const up = Command.make(
  "up",
  { demo: isDemo, port },
  Effect.fnUntraced(function* ({ demo, port }) {
    const read = yield* Config.read;
    const settings = { ...read, httpPort: Option.getOrElse(port, () => read.httpPort) };
    return yield* run(settings, demo).pipe(Strategies.provide(settings));
  }),
).pipe(
  Command.withDescription(
    "Runs everything in this process: database, market, pipeline, API and web page, until Ctrl+C",
  ),
  Command.withExamples([
    { command: "strom up --demo", description: "Watch an agent trade on a simulated market" },
    { command: "strom up --port 9090", description: "Listen somewhere else" },
    {
      command: "STROM_MARKET=replay:btcusd-1m.csv STROM_REPLAY_SPEED=600 strom up --demo",
      description: "Trade a recording of real prices, ten minutes a second",
    },
  ]),
);
