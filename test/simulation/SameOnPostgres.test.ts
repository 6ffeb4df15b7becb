import { assert, it } from "@effect/vitest";
import * as InProcessBus from "@strom/adapters/inprocess/InProcessBus.ts";
import type { MemoryRecord } from "@strom/adapters/memory/MemoryRecord.ts";
import * as PgAgentRoster from "@strom/adapters/postgres/PgAgentRoster.ts";
import * as PgAgents from "@strom/adapters/postgres/PgAgents.ts";
import * as PgDatabase from "@strom/adapters/postgres/PgDatabase.ts";
import * as PgEmbedded from "@strom/adapters/postgres/PgEmbedded.ts";
import * as PgExecutionStore from "@strom/adapters/postgres/PgExecutionStore.ts";
import * as PgJournal from "@strom/adapters/postgres/PgJournal.ts";
import * as PgMigrator from "@strom/adapters/postgres/PgMigrator.ts";
import * as PgPriceBook from "@strom/adapters/postgres/PgPriceBook.ts";
import * as PgRiskStore from "@strom/adapters/postgres/PgRiskStore.ts";
import * as PgRuntimeStore from "@strom/adapters/postgres/PgRuntimeStore.ts";
import * as PgShelf from "@strom/adapters/postgres/PgShelf.ts";
import * as PgUsers from "@strom/adapters/postgres/PgUsers.ts";
import * as PgVerify from "@strom/adapters/postgres/PgVerify.ts";
import * as Execution from "@strom/apps/pipeline/Execution.ts";
import * as Progress from "@strom/apps/pipeline/Progress.ts";
import * as Publisher from "@strom/apps/pipeline/Publisher.ts";
import * as Risk from "@strom/apps/pipeline/Risk.ts";
import * as Runtime from "@strom/apps/pipeline/Runtime.ts";
import * as Scheduler from "@strom/apps/pipeline/Scheduler.ts";
import * as Stage from "@strom/apps/pipeline/Stage.ts";
import { catalog } from "@strom/apps/simulation/Gambler.ts";
import * as Hand from "@strom/apps/simulation/Hand.ts";
import * as Owner from "@strom/apps/simulation/Owner.ts";
import * as Scenario from "@strom/apps/simulation/Scenario.ts";
import * as Simulation from "@strom/apps/simulation/Simulation.ts";
import { Id, Money, Slot } from "@strom/core";
import type { Database, Journal } from "@strom/core/ports";
import { AgentRoster, Timeline, Users, Verify } from "@strom/core/ports";
import { Effect, Layer } from "effect";
import { SqlClient } from "effect/sql";

const SECONDS = 70;
const SEEDS = [2, 7, 28];

/** Since when an agent runs by the scenario's clock, given since when it does by the database's. */
type Since = (id: string, at: number) => number;

/** The database's clock is the machine's: a start is of the instant at which the hand stood when it was first seen. */
const beginnings = (beginAt: number, hand: Hand.Hand): Since => {
  const seen = new Map<string, { readonly at: number; readonly since: number }>();
  return (id, at) => {
    const known = seen.get(id);
    if (known?.at === at) return known.since;
    const since = known === undefined ? beginAt : hand.at();
    seen.set(id, { at, since });
    return since;
  };
};

const roster = (since: Since) =>
  Layer.effect(
    AgentRoster,
    Effect.map(AgentRoster, (found) => ({
      ...found,
      running: Effect.map(found.running, (all) =>
        all.map((one) => ({ ...one, runningSince: since(one.agentId, one.runningSince) })),
      ),
    })),
  ).pipe(Layer.provide(PgAgentRoster.layer));

const house = (hand: Hand.Hand, since: Since) =>
  Layer.mergeAll(
    roster(since),
    PgAgents.layer,
    PgExecutionStore.layer,
    PgPriceBook.layer,
    PgRiskStore.layer,
    PgRuntimeStore.layer,
    PgShelf.layer,
    PgUsers.layer,
    PgVerify.layer,
    Publisher.layer(Publisher.embedded),
  ).pipe(
    Layer.provideMerge(Layer.mergeAll(PgDatabase.layer, PgJournal.layer, InProcessBus.layer)),
    Layer.provideMerge(
      Layer.succeed(
        Timeline,
        Timeline.of({ now: Effect.sync(hand.at), phaseMs: Slot.phaseMs, isReplay: false }),
      ),
    ),
  );

/** A record of its own for each scenario, so that their prices do not meet. */
const postgres = PgMigrator.layer({ partitions: 3 }).pipe(Layer.provideMerge(PgEmbedded.layerTemporary));

const isTicked = (scenario: Scenario.Scenario, hand: Hand.Hand, since: Since) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;
    const wanted = scenario.agents.map(({ id, configuration: { frequencySeconds } }) => {
      const slot = Slot.at(id, frequencySeconds, hand.at());
      return { id, eventId: Id.tick(id, slot), startAt: Slot.startMs(id, frequencySeconds, slot) };
    });
    const rows = yield* sql<{ readonly id: string; readonly at: number }>`
      select w.id, (
        select t.at from agent_transitions t
        where t.agent_id = w.id and t."to" = 'RUNNING' and t."from" is distinct from 'RUNNING'
        order by t.id desc limit 1) as at
      from json_to_recordset(${JSON.stringify(wanted)}::json) as w (id uuid, "eventId" uuid)
      join agents a on a.id = w.id and a.status = 'RUNNING'
      where not exists (select 1 from journal j where j.topic = 'agent.tick' and j.event_id = w."eventId")`;
    const startOf = new Map<string, number>(wanted.map(({ id, startAt }) => [id, startAt]));
    return rows.every(({ id, at }) => (startOf.get(id) ?? 0) < since(id, at));
  });

/** Lives the scenario over a real database, with no faults but what the machine brings. */
const lived = (seed: number) =>
  Effect.gen(function* () {
    const scenario = Scenario.make(seed, SECONDS);
    const hand = Hand.make(scenario.beginAt - 1);
    const since = beginnings(scenario.beginAt - 1, hand);
    return yield* Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient;
      const context = yield* Effect.context<SqlClient.SqlClient | Database | Journal>();
      const everyPartition = [0, 1, 2];
      // Its agents belong to a user who must be there.
      const userId = yield* (yield* Users).byEmail("simulated@example.com");
      const own = { ...scenario, agents: scenario.agents.map((agent) => ({ ...agent, userId })) };
      for (const definition of [yield* Runtime.make(catalog), yield* Risk.make, yield* Execution.make]) {
        yield* Effect.forkScoped(Stage.run(definition, everyPartition));
      }
      yield* Effect.forkScoped(Scheduler.run({ ...Scheduler.standard, gatherMs: 5, refreshMs: 500 }));
      yield* Owner.live({
        seed,
        seconds: SECONDS,
        scenario: own,
        hand,
        isTicked: Effect.orDie(isTicked(own, hand, since)).pipe(Effect.provideContext(context)),
        isAtRest: Effect.orDie(Effect.map(Progress.waiting, (waiting) => waiting === 0)).pipe(
          Effect.provideContext(context),
        ),
        note: () => undefined,
      });
      yield* Progress.caughtUp;
      const orders = yield* sql`
        select id, status, reject_reason, filled_price::text as price, fees::text as fee from orders
        where agent_id in (select id from agents where user_id = ${userId}::uuid) order by id`;
      const accounts = yield* sql`
        select agent_id as id, cash::text as cash, realized_pnl::text as realized, fees::text as fees,
          peak_equity::text as peak
        from accounts where agent_id in (select id from agents where user_id = ${userId}::uuid) order by 1`;
      const found = yield* (yield* Verify).everything(catalog);
      return { orders, accounts, found };
    }).pipe(Effect.provide(house(hand, since)));
  });

const fixed = (micro: bigint): string => Money.formatFixed(micro);

/** The same, as the simulation's record has it. */
const simulated = (record: MemoryRecord) => ({
  orders: [...record.orders.values()]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, status, rejectReason, fill }) => ({
      id,
      status,
      reject_reason: rejectReason,
      price: fill === null ? null : fixed(fill.price),
      fee: fixed(fill?.fee ?? 0n),
    })),
  accounts: [...record.agents.values()]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id }) => {
      const row = record.accounts.get(id);
      if (row === undefined) throw new Error(`agent ${id} has no account`);
      const { account, guard } = row;
      return {
        id,
        cash: fixed(account.cash),
        realized: fixed(account.realized),
        fees: fixed(account.fees),
        peak: fixed(guard.peakEquity),
      };
    }),
});

it.live(
  "a simulated world under faults comes out as the same world over Postgres without",
  () =>
    Effect.gen(function* () {
      for (const seed of SEEDS) {
        const { orders, accounts, found } = yield* lived(seed).pipe(Effect.scoped, Effect.provide(postgres));
        const outcome = Simulation.live({ seed, ticks: SECONDS });
        assert.deepStrictEqual(outcome.violations, []);
        const expected = simulated(outcome.record);
        assert.isAbove(expected.orders.length, 5, `seed ${seed}`);
        assert.deepStrictEqual(orders, expected.orders, `seed ${seed}`);
        assert.deepStrictEqual(accounts, expected.accounts, `seed ${seed}`);
        assert.notProperty(found, "message", `seed ${seed}`);
      }
    }),
  120_000,
);
