import { Effect } from "effect";
import * as Nats from "../test/servers/Nats.ts";
import * as Postgres from "../test/servers/Postgres.ts";
import * as Strom from "../test/servers/Strom.ts";
import * as Fleet from "../test/services/Fleet.ts";
import type { Figure, Flags } from "./Figure.ts";
import * as Servers from "./pipeline/Servers.ts";
import * as Quantile from "./Quantile.ts";

export const name = "failover";
export const about =
  "a worker of two killed with -9, again and again: until every agent is ticked (--kills N, 6)";

const AGENTS = 100;
const KILLS = 6;
const PATIENCE_MS = 60_000;

const fleet = Fleet.launch(AGENTS, (index) => ({
  key: "ema_crossover",
  params: { ema_fast: 3, ema_slow: 8 },
  symbols: index % 2 === 0 ? ["BTC-USD"] : ["ETH-USD"],
  risk: { cooldown_seconds: 0 },
}));

const untilShared = (processes: ReadonlyArray<Strom.Process>) =>
  Effect.gen(function* () {
    const shares = yield* Effect.forEach(processes, ({ url }) =>
      Fleet.metric(url, "strom_duties", 'role="runtime"'),
    );
    return shares.every((share) => share > 0);
  }).pipe(Effect.delay(100), Effect.repeat({ until: (isShared) => isShared }), Effect.timeout(PATIENCE_MS));

/** Kills the older of two workers and starts another in its place, so that each kind of duty moves sooner or later. */
const measure = (kills: number) =>
  Effect.gen(function* () {
    const postgres = yield* Postgres.scoped();
    const nats = yield* Nats.scoped;
    const env = {
      DATABASE_URL: yield* Effect.promise(() => postgres.createDatabase()),
      NATS_URL: nats.url,
    };
    const start = Strom.scoped(["worker"], env);
    return yield* Effect.gen(function* () {
      const workers = [yield* start, yield* start];
      yield* fleet;
      const killed: Array<number> = [];
      const stopped: Array<number> = [];
      for (let kill = 0; kill < kills; kill++) {
        yield* untilShared(workers);
        yield* Fleet.untilAllTick(AGENTS, PATIENCE_MS);
        const victim = workers.shift();
        yield* Effect.promise(async () => victim?.kill());
        killed.push(yield* Fleet.untilAllTick(AGENTS, PATIENCE_MS));
        workers.push(yield* start);
      }
      for (let stop = 0; stop < Math.ceil(kills / 3); stop++) {
        yield* untilShared(workers);
        yield* Fleet.untilAllTick(AGENTS, PATIENCE_MS);
        const leaver = workers.shift();
        const beganAt = Date.now();
        yield* Effect.promise(async () => leaver?.stop());
        yield* Fleet.untilAllTick(AGENTS, PATIENCE_MS, beganAt);
        stopped.push(Date.now() - beganAt);
        workers.push(yield* start);
      }
      const figures: ReadonlyArray<Figure> = [
        { what: "kills", value: killed.length, unit: "" },
        { what: "kill -9 to every agent ticked, p50", value: Quantile.of(killed, 0.5) / 1_000, unit: "s" },
        {
          what: "kill -9 to every agent ticked, p99",
          value: Quantile.of(killed, 0.99) / 1_000,
          unit: "s",
          atMost: 10,
        },
        { what: "SIGTERM to every agent ticked, p50", value: Quantile.of(stopped, 0.5) / 1_000, unit: "s" },
        {
          what: "SIGTERM to every agent ticked, max",
          value: Math.max(...stopped) / 1_000,
          unit: "s",
          atMost: 5,
        },
      ];
      return figures;
    }).pipe(Effect.provide(Fleet.record(env)));
  }).pipe(Effect.scoped);

export const run = Servers.needing(({ kills = KILLS }: Flags) =>
  Effect.runPromise(Effect.orDie(measure(kills))),
);
