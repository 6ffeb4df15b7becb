import * as InProcessBus from "@strom/adapters/inprocess/InProcessBus.ts";
import * as PgAgentRoster from "@strom/adapters/postgres/PgAgentRoster.ts";
import * as PgAgents from "@strom/adapters/postgres/PgAgents.ts";
import * as PgDatabase from "@strom/adapters/postgres/PgDatabase.ts";
import * as PgEmbedded from "@strom/adapters/postgres/PgEmbedded.ts";
import * as PgExecutionStore from "@strom/adapters/postgres/PgExecutionStore.ts";
import * as PgExpiry from "@strom/adapters/postgres/PgExpiry.ts";
import * as PgHousekeeping from "@strom/adapters/postgres/PgHousekeeping.ts";
import * as PgJournal from "@strom/adapters/postgres/PgJournal.ts";
import * as PgMigrator from "@strom/adapters/postgres/PgMigrator.ts";
import * as PgPriceBook from "@strom/adapters/postgres/PgPriceBook.ts";
import * as PgRiskStore from "@strom/adapters/postgres/PgRiskStore.ts";
import * as PgRuntimeStore from "@strom/adapters/postgres/PgRuntimeStore.ts";
import * as PgShelf from "@strom/adapters/postgres/PgShelf.ts";
import * as PgUsers from "@strom/adapters/postgres/PgUsers.ts";
import * as PgVerify from "@strom/adapters/postgres/PgVerify.ts";
import type { AgentSpec } from "@strom/core";
import { Catalog, Id, Money, RiskProfile } from "@strom/core";
import { Agents, Shelf, Users } from "@strom/core/ports";
import { Effect, Layer, Logger } from "effect";

/** The record as `strom up` has it, in a folder of its own that goes afterwards. */
export const layer = Layer.mergeAll(
  PgAgentRoster.layer,
  PgAgents.layer,
  PgExecutionStore.layer,
  PgExpiry.layer,
  PgPriceBook.layer,
  PgRiskStore.layer,
  PgRuntimeStore.layer,
  PgShelf.layer,
  PgUsers.layer,
  PgVerify.layer,
).pipe(
  Layer.provideMerge(Layer.mergeAll(PgDatabase.layer, PgJournal.layer, InProcessBus.layer)),
  Layer.provideMerge(PgMigrator.layer()),
  Layer.provideMerge(PgHousekeeping.layer.pipe(Layer.provideMerge(PgEmbedded.layerTemporary))),
  Layer.provideMerge(Logger.layer([])),
);

export const symbols = ["NSE:NIFTY50-INDEX", "NSE:BANKNIFTY-INDEX", "BTC-USD", "ETH-USD"] as const;
export const catalog = Catalog.make(Catalog.builtIn);

/** Two symbols each, one strategy of ordinary length. */
const configuration = (index: number): AgentSpec.Configuration => {
  const ema = Catalog.find(catalog, "ema_crossover");
  if (ema === undefined) throw new Error("the catalog has no ema_crossover");
  return {
    name: `agent ${index}`,
    mode: "paper",
    frequencySeconds: 1,
    symbols: [symbols[index % 4] ?? "BTC-USD", symbols[(index + 1) % 4] ?? "ETH-USD"],
    strategies: [{ strategyId: ema.id, key: ema.key, params: { ema_fast: 9, ema_slow: 21 } }],
    risk: RiskProfile.standard,
    capital: Money.cash(100_000n * Money.ONE),
  };
};

/** So many running agents of one user. */
export const makeAgents = Effect.fnUntraced(function* (count: number) {
  yield* (yield* Shelf).stock(catalog.strategies);
  const agents = yield* Agents;
  const userId = yield* (yield* Users).byEmail("bench@example.com");
  const ids: Array<Id.AgentId> = [];
  for (let index = 0; index < count; index++) {
    const { id } = yield* agents.create({
      id: Id.derive("bench agent", index) as Id.AgentId,
      userId,
      seed: BigInt(index),
      configuration: configuration(index),
      moves: [
        { to: "CONFIGURED", reason: "bench" },
        { to: "RUNNING", reason: "bench" },
      ],
    });
    ids.push(id);
  }
  return ids;
});
