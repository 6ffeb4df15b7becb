import { PgClient } from "@effect/sql-pg";
import type { Duty, Role } from "@strom/core/ports";
import { Ownership, roles } from "@strom/core/ports";
import type { Redacted } from "effect";
import { Effect, Layer, Option } from "effect";
import {
  EntityId,
  MessageStorage,
  RunnerAddress,
  RunnerHealth,
  Runners,
  Sharding,
  ShardingConfig,
  SqlRunnerStorage,
} from "effect/cluster";
import * as ClusterLog from "./ClusterLog.ts";

export interface Options {
  readonly url: Redacted.Redacted;
  /** Unlike every other process that ever ran: one that came back under an old name would pass for the old one. */
  readonly name: string;
  readonly roles: ReadonlyArray<Role>;
  /** How many partitions a stage has. The same for all processes. */
  readonly partitions: number;
}

/**
 * A lock not refreshed for 4 s is free to others. With these a process that joins
 * has its share within a second or two, and one killed is replaced in about 4 s;
 * with the library's defaults it would be 26 s.
 */
const timing = {
  shardLockRefreshInterval: "1 second",
  shardLockExpiration: "4 seconds",
  refreshAssignmentsInterval: "500 millis",
  // Also how long the loop that takes locks rests after the database was away.
  entityMessagePollInterval: "1 second",
} as const;

/** Locks a role has at most; beyond, several partitions share one and move together. */
const LOCKS_MAX = 64;

/** Each role is a group of locks of its own, so that a process is given work of its roles only. */
const config = (options: Options) =>
  ShardingConfig.layer({
    ...timing,
    runnerAddress: Option.some(RunnerAddress.RunnerAddress.make({ host: options.name, port: 0 })),
    availableShardGroups: roles,
    assignedShardGroups: options.roles,
    shardsPerGroup: Math.min(options.partitions, LOCKS_MAX),
  });

/** Connections of its own: the lock must be refreshed in time however long the stages' queue for theirs is. */
const client = ({ url }: Options) =>
  PgClient.layer({
    url,
    applicationName: "strom-ownership",
    minConnections: 1,
    maxConnections: 3,
    // As the stages have it: a machine that vanished without a word is given up after 20 s.
    keepAlive: "10 seconds",
    startupParameters: { TimeZone: "UTC", statement_timeout: "5s", lock_timeout: "3s" },
  });

/**
 * A name that falls to lock `place`. Names are spread by a hash, which would leave
 * some locks with many partitions and some with none; so the name is sought that
 * falls where it should, and each process finds the same.
 */
const nameAt = (sharding: Sharding.Sharding["Service"], { role, place }: Duty, locks: number): string => {
  const wanted = `${role}:${(place % locks) + 1}`;
  for (let attempt = 0; ; attempt++) {
    const name = `${role}/${place}/${attempt}`;
    if (sharding.getShardId(EntityId.make(name), role).toString() === wanted) return name;
  }
};

/** Among processes that find each other in Postgres; `effect/cluster` decides. */
export const layer = (options: Options): Layer.Layer<Ownership> => {
  const sharding = Sharding.layer.pipe(
    Layer.provide(Runners.layerNoop),
    Layer.provide([MessageStorage.layerNoop, RunnerHealth.layerNoop]),
    Layer.provide(SqlRunnerStorage.layer.pipe(Layer.orDie)),
    Layer.provide(client(options).pipe(Layer.orDie)),
    Layer.provideMerge(config(options)),
    Layer.provide(ClusterLog.layer),
  );
  return Layer.effect(
    Ownership,
    Effect.gen(function* () {
      const service = yield* Sharding.Sharding;
      const { shardsPerGroup } = yield* ShardingConfig.ShardingConfig;
      const own = new Set(options.roles);
      const held = new Set<Duty>();
      return Ownership.of({
        roles: own,
        isAlone: false,
        take: (duty, work) =>
          own.has(duty.role)
            ? service.registerSingleton(
                nameAt(service, duty, shardsPerGroup),
                Effect.acquireUseRelease(
                  Effect.sync(() => held.add(duty)),
                  () => work,
                  () => Effect.sync(() => held.delete(duty)),
                ),
                { shardGroup: duty.role },
              )
            : Effect.void,
        held: Effect.sync(() => [...held]),
      });
    }),
  ).pipe(Layer.provide(sharding));
};
