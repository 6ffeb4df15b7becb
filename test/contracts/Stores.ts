import { assert, layer as withLayer } from "@effect/vitest";
import type { AgentSpec, Id, Run } from "@strom/core";
import { Bar, Engine, Event, Intent, Money } from "@strom/core";
import type { Agent, Priced, Shelf, Users } from "@strom/core/ports";
import {
  AgentRoster,
  Agents,
  Database,
  ExecutionStore,
  Journal,
  PriceBook,
  RiskStore,
  RuntimeStore,
} from "@strom/core/ports";
import type { Layer } from "effect";
import { Effect, Exit } from "effect";
import { catalog, runningAgent } from "./Agent.ts";

/** What the stages read and write. */
export type Stores =
  | AgentRoster
  | Agents
  | Database
  | ExecutionStore
  | Journal
  | PriceBook
  | RiskStore
  | RuntimeStore
  | Shelf
  | Users;

const AT = Date.UTC(2026, 2, 1, 12);

const bar = (symbol: string, slot: number, close: number): Bar.Bar => ({
  symbol,
  from: AT + (slot - 1) * 1000,
  to: AT + slot * 1000,
  open: close,
  high: close,
  low: close,
  close,
  volume: 1,
  ticks: 1,
});

const specOf = (agent: Agent): Effect.Effect<AgentSpec.AgentSpec, unknown, RuntimeStore> =>
  Effect.gen(function* () {
    const resident = (yield* (yield* RuntimeStore).load([agent.id])).get(agent.id);
    if (resident === undefined) throw new Error(`${agent.name} is not at home`);
    return resident.spec;
  });

/** The runtime's part of a slot: what the strategies say of a close, written down. */
const decide = Effect.fnUntraced(function* (agent: Agent, slot: number, close: number) {
  const store = yield* RuntimeStore;
  const resident = (yield* store.load([agent.id])).get(agent.id);
  if (resident === undefined) throw new Error(`${agent.name} is not at home`);
  const observations = [{ bar: bar("A", slot, close), pricedAt: AT + slot * 1000 - 1 }];
  const beat = { slot, at: AT + slot * 1000 };
  const [memory, run] = Engine.decide(resident.spec, catalog, resident.memory, beat, observations);
  const remembered = Object.entries(memory).flatMap(([strategyId, states]) =>
    Object.entries(states).map(([symbol, state]) => ({
      strategyId: strategyId as Id.StrategyId,
      symbol,
      state,
    })),
  );
  const { configVersion } = resident;
  yield* store.save([
    {
      run,
      configVersion,
      tickId: Event.agentTick({ agentId: agent.id, ...beat, frequencySeconds: 1, missed: 0 }).id,
      startedAt: beat.at,
      completedAt: beat.at,
      warmup: null,
      memory: remembered,
    },
  ]);
  return { run, configVersion };
});

/** Risk's part of it. */
const review = Effect.fnUntraced(function* (decided: {
  readonly run: Run.Run;
  readonly configVersion: number;
}) {
  const store = yield* RiskStore;
  const found = (yield* store.load([decided])).get(decided.run.agentId);
  const spec = found?.specs.get(decided.configVersion);
  if (found === undefined || spec === undefined) throw new Error("risk does not know the agent");
  const reviewed = Engine.review(spec, found.standing, found.books, decided.run);
  yield* store.save([{ ...decided, standing: found.standing, review: reviewed }]);
  return {
    books: found.books,
    review: reviewed,
    orders: reviewed.verdicts.flatMap((verdict) => (verdict._tag === "Approved" ? [verdict.order] : [])),
  };
});

/** Execution's part of it. */
const settle = Effect.fnUntraced(function* (orders: ReadonlyArray<Intent.ApprovedOrder>) {
  const store = yield* ExecutionStore;
  const desk = yield* store.load(orders);
  const settlements: Array<Engine.Settlement> = [];
  const accounts = new Map(desk.accounts);
  for (const order of orders) {
    const account = accounts.get(order.agentId);
    if (account === undefined) throw new Error("execution does not know the agent");
    const settlement = Engine.settle(account, order);
    accounts.set(order.agentId, settlement.account);
    settlements.push(settlement);
  }
  yield* store.save(settlements);
  return settlements;
});

const isRefused = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.exit(effect), Exit.isFailure);

const tick = (agent: Agent, slot: number) =>
  Event.agentTick({ agentId: agent.id, slot, at: AT + slot * 1000, frequencySeconds: 1, missed: 0 });

const appended = Effect.fnUntraced(function* (event: Event.AgentTick) {
  const journal = yield* Journal;
  const { partitions } = yield* Database;
  const rows = yield* journal.append([
    {
      topic: event._tag,
      partition: Event.partition(event.agentId, partitions),
      eventId: event.id,
      agentId: event.agentId,
      payload: Event.encode(event),
      at: event.at,
    },
  ]);
  const [row] = rows;
  assert.isDefined(row);
  return row;
});

/** What every store of the stages must do, whatever is under it. */
export const suite = <E>(name: string, layer: Layer.Layer<Stores, E>): void =>
  withLayer(layer, { excludeTestServices: true, timeout: 60_000 })(name, (it) => {
    it.effect("knows an agent as it was configured, and what its strategies remember", () =>
      Effect.gen(function* () {
        const agent = yield* runningAgent("remembers", "B.S");
        const store = yield* RuntimeStore;
        const fresh = (yield* store.load([agent.id])).get(agent.id);
        assert.isTrue(fresh?.isRunning);
        assert.deepStrictEqual(fresh?.memory, {});
        assert.deepStrictEqual(fresh?.leftOver, []);
        yield* decide(agent, 1, 100);
        yield* decide(agent, 2, 101);
        const later = (yield* store.load([agent.id])).get(agent.id);
        const [strategyId] = agent.strategies.map((choice) => choice.strategyId);
        assert.deepStrictEqual(later?.memory, { [String(strategyId)]: { A: 2 } });
        assert.strictEqual((yield* store.load([])).size, 0);
      }),
    );

    it.effect("makes an agent once, however often the same one is asked for", () =>
      Effect.gen(function* () {
        const agent = yield* runningAgent("born once", "B");
        const agents = yield* Agents;
        yield* agents.change(agent.userId, agent.id, () =>
          Effect.succeed({ moves: [{ to: "PAUSED", reason: "test" }] }),
        );
        const again = yield* runningAgent("born once", "B");
        assert.strictEqual(again.status, "PAUSED");
        assert.strictEqual(again.version, 1);
      }),
    );

    it.effect("forgets what was learned under other parameters, and keeps it under other limits", () =>
      Effect.gen(function* () {
        const agent = yield* runningAgent("learns anew", "B.S");
        const agents = yield* Agents;
        const store = yield* RuntimeStore;
        yield* decide(agent, 1, 100);
        const change = (configuration: AgentSpec.Configuration) =>
          agents.change(agent.userId, agent.id, () => Effect.succeed({ configuration }));
        const careful = yield* change({ ...agent, risk: { ...agent.risk, cooldown_seconds: 7 } });
        assert.strictEqual(careful.version, 2);
        const kept = (yield* store.load([agent.id])).get(agent.id);
        assert.deepStrictEqual(Object.values(kept?.memory ?? {}), [{ A: 1 }]);
        assert.strictEqual(kept?.spec.risk.cooldown_seconds, 7);
        const strategies = agent.strategies.map((choice) => ({ ...choice, params: { pattern: "S" } }));
        yield* change({ ...careful, strategies });
        const anew = (yield* store.load([agent.id])).get(agent.id);
        assert.deepStrictEqual(anew?.memory, {});
      }),
    );

    it.effect("takes a run once, and a run that failed only where there is none", () =>
      Effect.gen(function* () {
        const agent = yield* runningAgent("runs once", ".");
        const store = yield* RuntimeStore;
        yield* decide(agent, 1, 100);
        assert.isTrue(yield* isRefused(decide(agent, 1, 100)));
        const failed = (slot: number) => ({
          agentId: agent.id,
          slot,
          at: AT + slot * 1000,
          tickId: tick(agent, slot).id,
          failedAt: AT,
          error: "boom",
        });
        yield* store.fail(failed(1));
        yield* store.fail(failed(2));
        yield* store.fail(failed(2));
        assert.isTrue(yield* isRefused(decide(agent, 2, 100)));
      }),
    );

    it.effect("names the strategies of running agents that a process does not have", () =>
      Effect.gen(function* () {
        const store = yield* RuntimeStore;
        const agent = yield* runningAgent("stranger", "B");
        const { strategies } = yield* specOf(agent);
        const known = catalog.strategies.map(({ id }) => id);
        assert.deepStrictEqual(yield* store.strangers(known), []);
        const others = known.filter((id) => strategies.every(({ strategyId }) => strategyId !== id));
        const own = (yield* store.strangers(others)).filter(({ agentId }) => agentId === agent.id);
        assert.sameDeepMembers(
          [...own],
          strategies.map(({ key }) => ({ agentId: agent.id, key })),
        );
      }),
    );

    it.effect("shows risk the books and what is on its way, in the order approved", () =>
      Effect.gen(function* () {
        const agent = yield* runningAgent("on its way", "BSB");
        const first = yield* review(yield* decide(agent, 1, 100));
        assert.deepStrictEqual(first.books.pending, []);
        assert.strictEqual(first.books.account.cash, agent.capital);
        const second = yield* review(yield* decide(agent, 2, 101));
        assert.deepStrictEqual(second.books.pending, first.orders);
        const third = yield* review(yield* decide(agent, 3, 102));
        assert.deepStrictEqual(third.books.pending, [...first.orders, ...second.orders]);
        assert.strictEqual(third.books.guard.day, Math.floor(AT / 86_400_000));
        yield* settle([...first.orders, ...second.orders]);
        const { run } = yield* decide(agent, 4, 103);
        const found = (yield* (yield* RiskStore).load([{ run, configVersion: 1 }])).get(agent.id);
        assert.deepStrictEqual(found?.books.pending, third.orders);
      }),
    );

    it.effect("takes a review once, whole or not at all", () =>
      Effect.gen(function* () {
        const agent = yield* runningAgent("reviewed once", "B");
        const decided = yield* decide(agent, 1, 100);
        const store = yield* RiskStore;
        const { orders } = yield* review(decided);
        assert.isTrue(yield* isRefused(review(decided)));
        const next = yield* decide(agent, 2, 101);
        const found = (yield* store.load([next])).get(agent.id);
        assert.deepStrictEqual(found?.books.pending, orders);
        assert.strictEqual((yield* store.load([{ ...next, configVersion: 9 }])).get(agent.id)?.specs.size, 0);
      }),
    );

    it.effect("fills an order once, and its books are what the fill made them", () =>
      Effect.gen(function* () {
        const agent = yield* runningAgent("filled once", "BS");
        const store = yield* ExecutionStore;
        const { orders } = yield* review(yield* decide(agent, 1, 100));
        const [order] = orders;
        assert.isDefined(order);
        assert.deepStrictEqual([...(yield* store.load(orders)).open], [Intent.orderId(order)]);
        const [settlement] = yield* settle(orders);
        const desk = yield* store.load(orders);
        assert.deepStrictEqual(desk.accounts.get(agent.id), settlement?.account);
        assert.deepStrictEqual([...desk.open], []);
        assert.isTrue(yield* isRefused(settle(orders)));
        assert.deepStrictEqual((yield* store.load(orders)).accounts.get(agent.id), settlement?.account);
      }),
    );

    it.effect("refuses an order that can never be filled, and it weighs on the books no more", () =>
      Effect.gen(function* () {
        const agent = yield* runningAgent("refused", "B");
        const store = yield* ExecutionStore;
        const { orders } = yield* review(yield* decide(agent, 1, 100));
        const [order] = orders;
        assert.isDefined(order);
        assert.deepStrictEqual(yield* store.pending(agent.id), orders);
        yield* store.refuse(agent.id, Intent.orderId(order), "not_executable");
        assert.deepStrictEqual(yield* store.pending(agent.id), []);
        yield* store.refuse(agent.id, Intent.orderId(order), "not_executable");
        assert.deepStrictEqual([...(yield* store.load(orders)).open], []);
        assert.isTrue(yield* isRefused(settle(orders)));
        const { books } = yield* review(yield* decide(agent, 2, 100));
        assert.deepStrictEqual(books.pending, []);
      }),
    );

    it.effect("takes no entries that do not sum to zero", () =>
      Effect.gen(function* () {
        const agent = yield* runningAgent("unbalanced", "B");
        const store = yield* ExecutionStore;
        const { orders } = yield* review(yield* decide(agent, 1, 100));
        const [order] = orders;
        assert.isDefined(order);
        const account = (yield* store.load(orders)).accounts.get(agent.id);
        assert.isDefined(account);
        const settlement = Engine.settle(account, order);
        const entries = settlement.entries.map((entry) =>
          entry.leg === 1 ? { ...entry, amount: Money.cash(entry.amount + 1n) } : entry,
        );
        const database = yield* Database;
        assert.isTrue(yield* isRefused(database.transaction(store.save([{ ...settlement, entries }]))));
        assert.deepStrictEqual([...(yield* store.load(orders)).open], [Intent.orderId(order)]);
      }),
    );

    it.effect("lists who is running, and for which slot it was ticked last", () =>
      Effect.gen(function* () {
        const agent = yield* runningAgent("ticks", ".");
        const roster = yield* AgentRoster;
        const agents = yield* Agents;
        const journal = yield* Journal;
        const mine = Effect.map(roster.running, (all) => all.find(({ agentId }) => agentId === agent.id));
        assert.deepInclude(yield* mine, { frequencySeconds: 1, symbols: ["A"], lastAt: null });
        yield* decide(agent, 1, 100);
        assert.strictEqual((yield* mine)?.lastAt, AT + 1000);
        // A tick that waits counts: it will be run, whoever reads this partition first.
        const row = yield* appended(tick(agent, 5));
        assert.strictEqual((yield* mine)?.lastAt, AT + 5000);
        const cursor = { stage: "runtime", topic: "agent.tick", partition: row.partition };
        yield* journal.advance([{ ...cursor, from: yield* journal.position(cursor), to: row.offset + 1 }]);
        assert.strictEqual((yield* mine)?.lastAt, AT + 1000);
        yield* roster.miss([{ agentId: agent.id, slots: 3 }]);
        const changes = yield* roster.changes;
        yield* decide(agent, 6, 100);
        assert.strictEqual(yield* roster.changes, changes);
        const before = yield* mine;
        yield* agents.change(agent.userId, agent.id, () =>
          Effect.succeed({ moves: [{ to: "PAUSED", reason: "test" }] }),
        );
        assert.isUndefined(yield* mine);
        assert.isAbove(yield* roster.changes, changes);
        assert.deepStrictEqual(before?.earlier, []);
        yield* agents.change(agent.userId, agent.id, () =>
          Effect.succeed({ moves: [{ to: "RUNNING", reason: "test" }] }),
        );
        const after = yield* mine;
        const [ran, ...others] = after?.earlier ?? [];
        assert.deepStrictEqual(others, []);
        assert.strictEqual(ran?.from, before?.runningSince);
        assert.isAtMost(ran?.to ?? 0, after?.runningSince ?? 0);
      }),
    );

    it.effect("takes an agent out of service after so many dead letters in a row, not before", () =>
      Effect.gen(function* () {
        const agent = yield* runningAgent("hopeless", ".");
        const roster = yield* AgentRoster;
        const journal = yield* Journal;
        const agents = yield* Agents;
        const die = Effect.fnUntraced(function* (slot: number, isPut: boolean) {
          const row = yield* appended(tick(agent, slot));
          const cursor = { stage: "runtime", topic: row.topic, partition: row.partition };
          if (isPut) yield* journal.deadLetter([{ ...cursor, row, error: "boom" }]);
          const failure = { ...cursor, agentId: agent.id, offset: row.offset, error: "boom", at: AT };
          return isPut ? yield* roster.fail(failure, 3) : null;
        });
        assert.isNull(yield* die(1, true));
        assert.isNull(yield* die(2, true));
        yield* die(3, false);
        assert.isNull(yield* die(4, true));
        assert.isNull(yield* die(5, true));
        assert.deepInclude(yield* die(6, true), { from: "RUNNING", configVersion: 1, sequence: 3 });
        const fallen = yield* agents.find(agent.userId, agent.id);
        assert.deepInclude(fallen, { status: "ERROR", isEnabled: false, lastError: "boom" });
        // Who starts it again gives it as many tries as it had.
        yield* agents.change(agent.userId, agent.id, () =>
          Effect.succeed({
            moves: [
              { to: "STOPPED", reason: "test" },
              { to: "RUNNING", reason: "test" },
            ],
          }),
        );
        assert.isNull(yield* die(7, true));
        assert.isNull(yield* die(8, true));
        assert.deepInclude(yield* die(9, true), { from: "RUNNING", sequence: 6 });
      }),
    );

    it.effect("folds prices into bars: those inside a window, or the last before it", () =>
      Effect.gen(function* () {
        const book = yield* PriceBook;
        const price = (at: number, price: number, volume: number | null = null): Priced => ({
          symbol: "P",
          at: AT + at,
          price,
          volume,
        });
        const given = [price(100, 10, 2), price(1_100, 11), price(1_900, 9, 1), price(3_000, 12.5)];
        assert.strictEqual(yield* book.append(given, "test"), 4);
        assert.strictEqual(yield* book.append([price(1_100, 99), price(500, 10.5)], "test"), 1);
        const window = (from: number, to: number, symbol = "P") => ({ symbol, from: AT + from, to: AT + to });
        const [inside, stale, before, strange, long] = yield* book.look([
          window(1_000, 2_000),
          window(2_000, 3_000),
          window(-1_000, 100),
          window(0, 9_000, "Q"),
          window(-200_000, 3_001),
        ]);
        assert.deepStrictEqual(inside?.bar, {
          symbol: "P",
          from: AT + 1_000,
          to: AT + 2_000,
          open: 11,
          high: 11,
          low: 9,
          close: 9,
          volume: 1,
          ticks: 2,
        });
        assert.strictEqual(inside?.pricedAt, AT + 1_900);
        assert.deepStrictEqual(stale, {
          bar: Bar.stale("P", AT + 2_000, AT + 3_000, 9),
          pricedAt: AT + 1_900,
        });
        assert.deepStrictEqual([before, strange], [null, null]);
        assert.deepInclude(long?.bar, { open: 10, high: 12.5, low: 9, close: 12.5, volume: 3, ticks: 5 });
        const past = (yield* book.history(["P", "Q"], 1_000, AT + 4_000, 3)).get("P");
        assert.deepStrictEqual(
          past?.map(({ from, to, close }) => [from - AT, to - AT, close]),
          [
            [0, 1_000, 10.5],
            [1_000, 2_000, 9],
            [3_000, 4_000, 12.5],
          ],
        );
        assert.strictEqual(yield* book.recall("a market"), null);
        yield* book.remember("a market", { step: 1 }, AT);
        yield* book.remember("a market", { step: 2 }, AT);
        assert.deepStrictEqual(yield* book.recall("a market"), { step: 2 });
      }),
    );

    it.effect("gives back volumes to the last digit, and adds them up as a bar does", () =>
      Effect.gen(function* () {
        const book = yield* PriceBook;
        const volumes = [0.1, 0.2, 0.12345678, null, 1e-9, 123_456_789_012_345.67, 1e21];
        const given = volumes.map((volume, n) => ({
          symbol: "V",
          at: AT + n * 1_000,
          price: 10 + n,
          volume,
        }));
        // Written in another order than that of time.
        assert.strictEqual(yield* book.append(given.toReversed(), "test"), volumes.length);
        const windows = [
          ...given.map(({ at }) => ({ symbol: "V", from: at, to: at + 1_000 })),
          { symbol: "V", from: AT, to: AT + 2_000 },
          { symbol: "V", from: AT - 600_000, to: AT + 2_000 },
          { symbol: "V", from: AT - 600_000, to: AT + 7_000 },
        ];
        const ticks = given.map(({ at, price, volume }) =>
          volume === null ? { at, price } : { at, price, volume },
        );
        const folded = (from: number, to: number) =>
          Bar.fold("V", from, to, ticks) ?? Bar.stale("V", from, to, 1);
        assert.deepStrictEqual(
          (yield* book.look(windows)).map((glimpse) => glimpse?.bar),
          windows.map(({ from, to }) => folded(from, to)),
        );
        assert.deepStrictEqual(
          (yield* book.history(["V"], 3_000, AT + 9_000, 9)).get("V"),
          [0, 3_000, 6_000].map((from) => folded(AT + from, AT + from + 3_000)),
        );
      }),
    );

    it.effect("leaves an agent's capital alone while a run of it waits for its review", () =>
      Effect.gen(function* () {
        const agents = yield* Agents;
        const journal = yield* Journal;
        const { partitions } = yield* Database;
        const agent = yield* runningAgent("settles", "B");
        const { run } = yield* decide(agent, 1, 100);
        const partition = Event.partition(agent.id, partitions);
        const event = Event.agentRun(run, 1);
        const cursor = { stage: "risk", topic: event._tag, partition };
        const from = yield* journal.position(cursor);
        const payload = Event.encode(event);
        yield* journal.append([
          { topic: event._tag, partition, eventId: event.id, agentId: agent.id, payload, at: AT },
        ]);
        const configuration = { ...agent, capital: Money.cash(agent.capital / 2n) };
        const change = agents.change(agent.userId, agent.id, () => Effect.succeed({ configuration }));
        assert.strictEqual((yield* Effect.flip(change))._tag, "StillSettling");
        assert.strictEqual((yield* agents.find(agent.userId, agent.id)).capital, agent.capital);
        yield* journal.advance([{ ...cursor, from, to: yield* journal.head(event._tag, partition) }]);
        assert.strictEqual((yield* change).capital, configuration.capital);
      }),
    );

    it.effect("lives an agent's life as the engine alone would", () =>
      Effect.gen(function* () {
        const agent = yield* runningAgent("lives", "B.S.SB");
        const spec = yield* specOf(agent);
        let world = Engine.begin(spec);
        for (let slot = 1; slot <= 12; slot++) {
          const decided = yield* decide(agent, slot, 100 + (slot % 5));
          const [next] = Engine.step(spec, catalog, world, decided.run, decided.run.observations);
          world = next;
          const { orders, review: found } = yield* review(decided);
          assert.deepStrictEqual(found.guard, next.guard);
          if (slot % 3 === 0) continue;
          yield* settle(orders);
        }
        const decided = yield* decide(agent, 13, 100);
        const last = yield* review(decided);
        const [, { review: alone }] = Engine.step(
          spec,
          catalog,
          world,
          decided.run,
          decided.run.observations,
        );
        assert.deepStrictEqual(last.review, alone);
        assert.notStrictEqual(alone.projected.cash, agent.capital);
      }),
    );
  });
