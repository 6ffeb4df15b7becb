import * as Config from "@strom/apps/Config.ts";
import * as Record from "@strom/apps/cli/Record.ts";
import type { AgentSpec } from "@strom/core";
import { Catalog, Id, Money, RiskProfile } from "@strom/core";
import { Agents, Shelf, Users } from "@strom/core/ports";
import { ConfigProvider, Effect, Layer, Logger, Result, Schema } from "effect";
import { SqlClient } from "effect/sql";

/** Agents whose ids follow from their number, made and watched from outside the processes that run them. */

export type Env = Readonly<Record<string, string>>;

/** Every port over the record that processes with these variables work on. */
export const record = (env: Env) =>
  Layer.unwrap(
    Effect.map(
      Config.read.pipe(Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown(env))),
      Record.layer,
    ),
  );

const catalog = Catalog.make(Catalog.builtIn);
const decodeParams = Schema.decodeUnknownSync(Schema.Record(Schema.String, Schema.Unknown));
const decodeId = Schema.decodeUnknownSync(Id.AgentId);

export interface Wish {
  readonly key: string;
  readonly params?: { readonly [name: string]: unknown };
  readonly symbols: ReadonlyArray<string>;
  readonly frequencySeconds?: number;
  readonly risk?: Partial<RiskProfile.RiskProfile>;
}

const configuration = (index: number, wish: Wish): AgentSpec.Configuration => {
  const strategy = catalog.byKey.get(wish.key);
  if (strategy === undefined) throw new Error(`there is no strategy ${wish.key}`);
  const params = decodeParams(Result.getOrThrow(strategy.decodeParams(wish.params ?? {})));
  return {
    name: `agent ${index}`,
    mode: "paper",
    frequencySeconds: wish.frequencySeconds ?? 1,
    symbols: wish.symbols,
    strategies: [{ strategyId: strategy.id, key: strategy.key, params }],
    risk: { ...RiskProfile.standard, ...wish.risk },
    capital: Money.cash(100_000n * Money.ONE),
  };
};

export const agentId = (index: number): Id.AgentId => decodeId(Id.derive("fleet", index));

/** Makes agents 0 to count - 1 and starts them. */
export const launch = Effect.fnUntraced(function* (count: number, wishOf: (index: number) => Wish) {
  yield* (yield* Shelf).stock(catalog.strategies);
  const agents = yield* Agents;
  const userId = yield* (yield* Users).byEmail("fleet@example.com");
  const create = (index: number) =>
    agents.create({
      id: agentId(index),
      userId,
      seed: BigInt(index),
      configuration: configuration(index, wishOf(index)),
      moves: [
        { to: "CONFIGURED", reason: "test" },
        { to: "RUNNING", reason: "test" },
      ],
    });
  yield* Effect.forEach(
    Array.from({ length: count }, (_, index) => index),
    create,
    { concurrency: 8, discard: true },
  );
});

/** An agent whose books somebody tampered with. */
export const broken = (env: Env) =>
  Effect.gen(function* () {
    yield* launch(1, () => ({ key: "buy_and_hold", symbols: ["BTC-USD"] }));
    const sql = yield* SqlClient.SqlClient;
    yield* sql`update accounts set cash = cash + 1`;
  }).pipe(Effect.provide(record(env)), Effect.provide(Logger.layer([])));

/** How many agents have a committed run of a slot after this instant. */
export const tickedSince = Effect.fnUntraced(function* (at: number) {
  const sql = yield* SqlClient.SqlClient;
  const rows = yield* sql<{ readonly agents: number }>`
    select count(distinct agent_id)::int as agents from agent_runs
    where status = 'COMPLETED' and tick_time > ${new Date(at).toISOString()}::timestamptz`;
  return rows[0]?.agents ?? 0;
});

/** How long, in ms, from an instant, now unless told, until every one of `count` agents has run a slot that began after it. */
export const untilAllTick = Effect.fnUntraced(function* (count: number, withinMs: number, from = Date.now()) {
  while ((yield* tickedSince(from)) < count) {
    if (Date.now() - from > withinMs) {
      throw new Error(`after ${withinMs} ms only ${yield* tickedSince(from)} of ${count} agents were ticked`);
    }
    yield* Effect.sleep(50);
  }
  return Date.now() - from;
});

/** A metric of a process, summed over its labels; zero where it has none yet. */
export const metric = (url: string, name: string, labels = ""): Effect.Effect<number> =>
  Effect.promise(async () => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return text
      .split("\n")
      .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
      .filter((line) => line.includes(labels))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
  });
