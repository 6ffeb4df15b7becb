import * as InProcessBus from "@strom/adapters/inprocess/InProcessBus.ts";
import * as PgAgentRoster from "@strom/adapters/postgres/PgAgentRoster.ts";
import * as PgAgents from "@strom/adapters/postgres/PgAgents.ts";
import * as PgDatabase from "@strom/adapters/postgres/PgDatabase.ts";
import * as PgEmbedded from "@strom/adapters/postgres/PgEmbedded.ts";
import * as PgExecutionStore from "@strom/adapters/postgres/PgExecutionStore.ts";
import * as PgExpiry from "@strom/adapters/postgres/PgExpiry.ts";
import * as PgJournal from "@strom/adapters/postgres/PgJournal.ts";
import * as PgMigrator from "@strom/adapters/postgres/PgMigrator.ts";
import * as PgPriceBook from "@strom/adapters/postgres/PgPriceBook.ts";
import * as PgRiskStore from "@strom/adapters/postgres/PgRiskStore.ts";
import * as PgRuntimeStore from "@strom/adapters/postgres/PgRuntimeStore.ts";
import * as PgShelf from "@strom/adapters/postgres/PgShelf.ts";
import * as PgUsers from "@strom/adapters/postgres/PgUsers.ts";
import * as PgVerify from "@strom/adapters/postgres/PgVerify.ts";
import * as Publisher from "@strom/apps/pipeline/Publisher.ts";
import type { AgentSpec, Catalog } from "@strom/core";
import { Id, Money, RiskProfile, Slot } from "@strom/core";
import type { EventBus } from "@strom/core/ports";
import { Agents, Shelf, Timeline, Users } from "@strom/core/ports";
import { Context, Effect, Layer, Logger, Result, Schema } from "effect";
import type { SqlClient } from "effect/sql";

/** The pipeline's house for a test: PGlite in a folder of its own, the bus in process, a clock that a test moves. */

/** Moves the timeline of the agents. */
export class Hand extends Context.Service<Hand, { readonly set: (at: number) => Effect.Effect<void> }>()(
  "strom/test/pipeline/Hand",
) {}

export const timeline: Layer.Layer<Timeline | Hand> = Layer.effectContext(
  Effect.sync(() => {
    let now = 0;
    const set = (at: number) =>
      Effect.sync(() => {
        now = at;
      });
    return Context.make(
      Timeline,
      Timeline.of({ now: Effect.sync(() => now), phaseMs: Slot.phaseMs, isReplay: true }),
    ).pipe(Context.add(Hand, Hand.of({ set })));
  }),
);

type Bus = Layer.Layer<EventBus>;

/** Everything the stages ask for, over a client; the bus may be given bad manners. */
export const over = <E>(
  client: Layer.Layer<SqlClient.SqlClient, E>,
  manner: (bus: Bus) => Bus = (bus) => bus,
) =>
  Layer.mergeAll(
    PgAgentRoster.layer,
    PgAgents.layer,
    PgExecutionStore.layer,
    PgPriceBook.layer,
    PgRiskStore.layer,
    PgRuntimeStore.layer,
    PgShelf.layer,
    PgUsers.layer,
    PgVerify.layer,
    PgExpiry.layer,
    Publisher.layer(Publisher.embedded),
  ).pipe(
    Layer.provideMerge(
      Layer.mergeAll(PgDatabase.layer, PgJournal.layer, manner(InProcessBus.layer), timeline),
    ),
    Layer.provideMerge(PgMigrator.layer()),
    Layer.provideMerge(client),
    // A test provokes what it asserts: what is logged about it is noise.
    Layer.provideMerge(Logger.layer([])),
  );

export const client = PgEmbedded.layerTemporary;

export const layer = over(client);

export const cash = (text: string): Money.Cash => Result.getOrThrow(Money.parseCash(text));

/** The agent that `runningAgent` makes under this name. */
export const agentId = (name: string): Id.AgentId => Id.derive("test agent", name) as Id.AgentId;

export interface Wish {
  readonly name: string;
  readonly frequencySeconds?: number;
  readonly symbols: ReadonlyArray<string>;
  readonly strategies: ReadonlyArray<{
    readonly key: string;
    readonly params: { readonly [name: string]: unknown };
  }>;
  readonly risk?: Partial<RiskProfile.RiskProfile>;
  readonly capital?: string;
  readonly seed?: bigint;
}

const isParams = Schema.is(Schema.Record(Schema.String, Schema.Unknown));

const choose = (
  catalog: Catalog.Catalog,
  { key, params }: Wish["strategies"][number],
): AgentSpec.StrategyChoice => {
  const strategy = catalog.byKey.get(key);
  if (strategy === undefined) throw new Error(`the test's catalog has no ${key}`);
  const decoded: unknown = Result.getOrThrow(strategy.decodeParams(params));
  return { strategyId: strategy.id, key, params: isParams(decoded) ? decoded : {} };
};

export const configuration = (catalog: Catalog.Catalog, wish: Wish): AgentSpec.Configuration => ({
  name: wish.name,
  mode: "paper",
  frequencySeconds: wish.frequencySeconds ?? 1,
  symbols: wish.symbols,
  strategies: wish.strategies.map((choice) => choose(catalog, choice)),
  risk: { ...RiskProfile.standard, ...wish.risk },
  capital: cash(wish.capital ?? "100000"),
});

/** A user, for whom agents are made. */
export const owner = Effect.flatMap(Users, (users) => users.byEmail("trader@example.com"));

/** A running agent whose id follows from its name, so that slots fall where they fell before. */
export const runningAgent = Effect.fnUntraced(function* (catalog: Catalog.Catalog, wish: Wish) {
  yield* (yield* Shelf).stock(catalog.strategies);
  const agents = yield* Agents;
  const userId = yield* owner;
  const id = agentId(wish.name);
  return yield* agents.create({
    id,
    userId,
    seed: wish.seed ?? 7n,
    configuration: configuration(catalog, wish),
    moves: [
      { to: "CONFIGURED", reason: "test" },
      { to: "RUNNING", reason: "test" },
    ],
  });
});
