import { assert, it } from "@effect/vitest";
import * as Execution from "@strom/apps/pipeline/Execution.ts";
import * as Progress from "@strom/apps/pipeline/Progress.ts";
import * as Risk from "@strom/apps/pipeline/Risk.ts";
import * as Runtime from "@strom/apps/pipeline/Runtime.ts";
import * as Scheduler from "@strom/apps/pipeline/Scheduler.ts";
import * as Stage from "@strom/apps/pipeline/Stage.ts";
import { Catalog, Rng } from "@strom/core";
import type { Agent, Priced, Window } from "@strom/core/ports";
import { Agents, Database, Journal, PriceBook } from "@strom/core/ports";
import { Effect, Layer } from "effect";
import { SqlClient } from "effect/sql";
import { Chance } from "./Chance.ts";
import * as House from "./House.ts";
import * as Recorded from "./Recorded.ts";

const SLOTS = 500;
const catalog = Catalog.make([...Catalog.builtIn, Chance]);
// Four minutes before midnight: a UTC day ends in mid-run, and with it a daily loss limit.
const BEGIN_AT = Date.UTC(2026, 2, 1, 23, 56, 0);

const chance = (salt: number, rate: number) => [{ key: "chance", params: { salt, rate } }];

const wishes: ReadonlyArray<House.Wish> = [
  {
    name: "one position at a time",
    symbols: ["A", "B", "C"],
    strategies: [...chance(1, 0.3), { key: "sma_crossover", params: {} }],
    risk: { max_open_positions: 1, cooldown_seconds: 5, max_risk_per_trade_pct: 10 },
  },
  {
    name: "short, levered, with every stop",
    symbols: ["A", "B"],
    strategies: chance(2, 0.4),
    risk: {
      allow_short: true,
      cooldown_seconds: 0,
      max_risk_per_trade_pct: 3,
      stop_distance_pct: 1,
      max_notional_exposure_pct: 900,
      max_daily_loss_pct: 90,
      max_open_positions: 5,
      stop_loss_pct: 0.4,
      take_profit_pct: 0.5,
      trailing_stop_pct: 0.3,
    },
  },
  {
    name: "all in, in large lots",
    symbols: ["A", "B"],
    frequencySeconds: 2,
    strategies: chance(3, 0.5),
    capital: "1000",
    risk: { cooldown_seconds: 0, max_risk_per_trade_pct: 100, max_notional_exposure_pct: 1000, lot_size: 8 },
  },
  {
    name: "holds through an outage",
    symbols: ["C"],
    strategies: [{ key: "buy_and_hold", params: {} }],
    risk: { stop_loss_pct: 3, max_risk_per_trade_pct: 2 },
  },
  {
    name: "easily frightened",
    symbols: ["A", "B", "C"],
    strategies: chance(5, 0.4),
    risk: {
      cooldown_seconds: 1,
      max_daily_loss_pct: 0.05,
      max_drawdown_pct: 0.12,
      max_risk_per_trade_pct: 15,
      max_notional_exposure_pct: 20,
    },
  },
];

/** C falls by a tenth while its holder is paused, and its prices then arrive late for a while. */
const FALL = 300;
const LATE = { from: 310, to: 340 };
const LATE_MS = 20_000;
/** A and B are torn, so that whoever is levered owes more than there is. */
const TORN = { from: 400, to: 412 };

const pricesOf = (second: number): ReadonlyArray<Priced> =>
  ["A", "B", "C"].flatMap((symbol, index): ReadonlyArray<Priced> => {
    const wave =
      Rng.uniformFrom("price", symbol, second) * 2 +
      6 * Rng.uniformFrom("slow", symbol, Math.floor(second / 20));
    const base = symbol === "C" ? (second >= FALL ? 90 : 100) : 100 + 100 * index;
    const torn =
      symbol !== "C" && second >= TORN.from && second < TORN.to ? (second % 2 === 0 ? 1.5 : 0.6) : 1;
    const price = Math.round((base * torn + (symbol === "C" ? wave / 20 : wave)) * 100) / 100;
    const at = BEGIN_AT + second * 1000;
    return [
      { symbol, at: at + 137, price, volume: 3 },
      { symbol, at: at + 700, price: price + 0.01, volume: null },
    ];
  });

/** A price book whose prices of C are old for a while: neither a strategy nor a stop ever asks for such a price. */
const lateBook = Layer.effect(
  PriceBook,
  Effect.map(PriceBook, (book) => ({
    ...book,
    look: (windows: ReadonlyArray<Window>) =>
      Effect.map(book.look(windows), (glimpses) =>
        glimpses.map((glimpse) => {
          const second = glimpse === null ? 0 : (glimpse.bar.from - BEGIN_AT) / 1000;
          const isLate = glimpse?.bar.symbol === "C" && second >= LATE.from && second < LATE.to;
          return glimpse !== null && isLate ? { ...glimpse, pricedAt: glimpse.pricedAt - LATE_MS } : glimpse;
        }),
      ),
  })),
).pipe(Layer.provideMerge(House.layer));

const rulesBroken = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  const rows = yield* sql<{ readonly code: string }>`
    select distinct r.value ->> 'code' as code from risk_decisions d, jsonb_array_elements(d.rules) r
    where (r.value ->> 'ok') = 'false' order by 1`;
  return rows.map(({ code }) => code);
});

it.live(
  "the services and a fold of the engine over the recorded inputs agree to the last digit",
  () =>
    Effect.gen(function* () {
      const hand = yield* House.Hand;
      const book = yield* PriceBook;
      const agents = yield* Agents;
      const journal = yield* Journal;
      const { partitions } = yield* Database;
      const everyPartition = Array.from({ length: partitions }, (_, i) => i);
      yield* hand.set(BEGIN_AT);
      const users: Array<Agent> = [];
      for (const wish of wishes) users.push(yield* House.runningAgent(catalog, wish));
      const holder = users[3];
      const frightened = users[4];
      if (holder === undefined || frightened === undefined) throw new Error("five agents were made");
      const move = (agent: Agent, to: "PAUSED" | "RUNNING") =>
        agents.change(agent.userId, agent.id, () => Effect.succeed({ moves: [{ to, reason: "test" }] }));

      yield* Effect.forkScoped(Stage.run(yield* Runtime.make(catalog), everyPartition));
      yield* Effect.forkScoped(Stage.run(yield* Execution.make, everyPartition));
      const risk = yield* Risk.make;
      const scheduler = yield* Scheduler.make;

      /** Lives some seconds, faster than the stages follow, then lets them come to rest. */
      const live = Effect.fnUntraced(function* (from: number, to: number) {
        for (let second = from; second < to; second++) {
          yield* book.append(pricesOf(second), "test");
          const nowAt = BEGIN_AT + (second + 1) * 1000;
          yield* hand.set(nowAt);
          yield* scheduler.refresh;
          yield* scheduler.tick(nowAt);
        }
      });
      const watched = Effect.fnUntraced(function* (from: number, to: number) {
        yield* Effect.gen(function* () {
          yield* Effect.forkScoped(Stage.run(risk, everyPartition));
          for (let second = from; second < to; second += 9) {
            yield* live(second, Math.min(to, second + 9));
            if (second % 2 === 0) yield* Progress.caughtUp;
          }
          yield* Progress.caughtUp;
        }).pipe(Effect.scoped);
      });

      yield* watched(0, 200);
      // Decided by the runtime while it ran, reviewed after it was paused: nothing of it may be approved.
      yield* live(200, 206);
      yield* Effect.gen(function* () {
        const lags = yield* journal.lag;
        return lags.every(({ stage, head, position }) => stage !== "runtime" || head === position);
      }).pipe(Effect.delay(20), Effect.repeat({ until: (isDone) => isDone }));
      yield* move(frightened, "PAUSED");
      yield* watched(206, 220);
      yield* move(frightened, "RUNNING");
      yield* watched(220, FALL);
      yield* move(holder, "PAUSED");
      yield* watched(FALL, 320);
      yield* move(holder, "RUNNING");
      yield* watched(320, SLOTS);

      for (const agent of users) {
        const services = yield* Recorded.written(agent.id);
        const plain = yield* Recorded.folded(catalog, agent.id);
        assert.isAbove(services.snapshots.length, 90, agent.name);
        for (const part of ["orders", "trades", "positions", "snapshots", "account"] as const) {
          assert.deepStrictEqual(services[part], plain[part], `${agent.name}: ${part}`);
        }
      }
      const sql = yield* SqlClient.SqlClient;
      assert.deepStrictEqual(yield* sql`select * from dead_letters`, []);
      assert.deepStrictEqual(yield* rulesBroken, [
        "agent_not_running",
        "cooldown_active",
        "daily_loss_limit",
        "drawdown_limit",
        "insufficient_cash",
        "max_open_positions",
        "notional_exposure",
        "qty_below_lot",
        "risk_per_trade",
        "short_not_allowed",
        "stale_price",
      ]);
    }).pipe(Effect.scoped, Effect.provide(lateBook)),
  120_000,
);
