import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import * as ClusterOwnership from "@strom/adapters/cluster/ClusterOwnership.ts";
import * as SoleOwnership from "@strom/adapters/inprocess/SoleOwnership.ts";
import type { Ownership, Role } from "@strom/core/ports";
import { Database, roles } from "@strom/core/ports";
import { Effect, Layer, Schema } from "effect";
import type { Settings } from "./Config.ts";
import * as Pipeline from "./pipeline/Pipeline.ts";
import * as Publisher from "./pipeline/Publisher.ts";
import * as ReplayFile from "./pipeline/ReplayFile.ts";
import { Strategies } from "./strategies/Strategies.ts";

/**
 * Which parts a process is made of. The variables decide the rest: with DATABASE_URL processes share a Postgres and
 * divide the work among themselves, with NATS_URL they also wake each other; without either one process is all.
 */

/** The kinds of process that take part in the pipeline, and in which roles. */
export const services = {
  worker: roles,
  // Whoever keeps time also keeps house, so that no topology goes without.
  scheduler: ["scheduler", "housekeeping"],
  market: ["market"],
  runtime: ["runtime"],
  risk: ["risk"],
  execution: ["execution"],
} as const satisfies Record<string, ReadonlyArray<Role>>;

export type Service = keyof typeof services;

/** The variables name a set of machines that cannot work. */
export class TopologyRefused extends Schema.TaggedError<TopologyRefused>()("TopologyRefused", {
  message: Schema.String,
}) {}

/** Why these settings make no whole; null when they do. */
export const refusal = (
  { databaseUrl, natsUrl }: Settings,
  service: Service | "up" | "api",
): string | null => {
  if (databaseUrl !== null) return null;
  if (natsUrl !== null) {
    return "NATS_URL is set and DATABASE_URL is not: events may travel only between processes that share a record; set DATABASE_URL too, or remove NATS_URL";
  }
  return service === "up"
    ? null
    : `strom ${service} shares its record with other processes, and the embedded database is for one alone; set DATABASE_URL, or run strom up, which is everything in one process`;
};

/** Refuses what makes no whole, and says what works but slowly. */
export const check = Effect.fnUntraced(function* (settings: Settings, service: Service | "up" | "api") {
  const message = refusal(settings, service);
  if (message !== null) return yield* new TopologyRefused({ message });
  if (service !== "up" && settings.natsUrl === null) {
    yield* Effect.logWarning(
      "NATS_URL is not set: what another process tells is found by asking the journal, every 2 s",
    );
  }
});

/** No two processes ever have the same. */
const processName = (): string => `${hostname().slice(0, 100)}/${process.pid}/${randomUUID().slice(0, 8)}`;

/** Alone over the embedded database; over a server, together with whoever else is there. */
export const layerOwnership = (
  { databaseUrl }: Settings,
  played: ReadonlyArray<Role>,
): Layer.Layer<Ownership, never, Database> =>
  databaseUrl === null
    ? SoleOwnership.layer(played)
    : Layer.unwrap(
        Effect.map(Database, ({ partitions }) =>
          ClusterOwnership.layer({ url: databaseUrl, name: processName(), roles: played, partitions }),
        ),
      );

/** Where prices come from, as the pipeline asks. */
export const sourceOf = ({ market, symbols, seed, replaySpeed }: Settings): Pipeline.Source => {
  if (market.kind === "sim") return { kind: "sim", symbols, seed };
  if (market.kind === "none") return market;
  return { kind: "replay", file: market.file, symbol: ReplayFile.symbolOf(symbols), speed: replaySpeed };
};

/** The part of the pipeline that falls to a process of these roles. */
export const layerPipeline = (settings: Settings, played: ReadonlyArray<Role>) =>
  Layer.unwrap(
    Effect.map(Strategies, (catalog) =>
      Pipeline.layerShared({
        catalog,
        source: sourceOf(settings),
        retention: settings,
        publisher: settings.natsUrl === null ? Publisher.embedded : Publisher.brokered,
      }),
    ),
  ).pipe(Layer.provide(layerOwnership(settings, played)));
