import { assert, describe, it } from "@effect/vitest";
import * as Inputs from "@strom/adapters/postgres/PgInputs.ts";
import * as NewAgents from "@strom/apps/api/NewAgents.ts";
import * as Pipeline from "@strom/apps/pipeline/Pipeline.ts";
import * as Progress from "@strom/apps/pipeline/Progress.ts";
import * as ReplayFile from "@strom/apps/pipeline/ReplayFile.ts";
import type { Bar } from "@strom/core";
import { Backtest, Catalog, Digest, FillModel, RiskProfile } from "@strom/core";
import { Agents, PriceBook, Shelf, Verify } from "@strom/core/ports";
import { Effect, Exit, Fiber, Layer, Result, Scope } from "effect";
import { SqlClient } from "effect/sql";
import * as House from "./House.ts";
import * as Minutes from "./Minutes.ts";

const catalog = Catalog.make(Catalog.builtIn);
const BARS = 90;
const rows = Minutes.make(BARS);
const lines = Minutes.lines(rows);
const { file } = Minutes;

const wish: House.Wish = {
  name: "minutes",
  frequencySeconds: 60,
  symbols: ["BTCUSD"],
  strategies: [
    { key: "ema_crossover", params: { ema_fast: 3, ema_slow: 8 } },
    { key: "momentum_roc", params: {} },
  ],
  risk: { cooldown_seconds: 0, max_risk_per_trade_pct: 50 },
};

/** The same agent as anybody would make it: its id by chance, its seed from what it is. */
const make = Effect.gen(function* () {
  yield* (yield* Shelf).stock(catalog.strategies);
  const configuration = House.configuration(catalog, wish);
  const birth = yield* NewAgents.seeded(42n)(configuration);
  const moves = [
    { to: "CONFIGURED" as const, reason: "test" },
    { to: "RUNNING" as const, reason: "test" },
  ];
  return yield* (yield* Agents).create({ ...birth, userId: yield* House.owner, configuration, moves });
});

const pipeline = (at: string, speed: number | "max") =>
  Pipeline.layer({
    catalog,
    source: { kind: "replay", file: at, speed },
    retention: { journalDays: 7, priceDays: 30 },
  });

/** Waits until the file was played to its end. */
const played = (at: string) =>
  Effect.gen(function* () {
    const book = yield* PriceBook;
    const state = yield* book.recall(`replay:${at}`);
    return Digest.canonical(state) === `{"playedTo":${Date.parse(rows.at(-1)?.ts ?? "") + 60_000}}`;
  }).pipe(
    Effect.delay(20),
    Effect.repeat({ until: (isOver) => isOver }),
    // The last tick is on record; the stages may still be at it.
    Effect.andThen(Progress.caughtUp),
  );

/** What anybody can compare of two lives: no ids, since the agent's is drawn by chance. */
const content = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  const orders = yield* sql`
    select symbol, side, qty, status, reject_reason, requested_price, filled_price, fees, created_at
    from orders order by slot, ordinal`;
  const trades = yield* sql`select symbol, side, qty, price, fee, ts from trades order by ts, symbol, side`;
  assert.isAbove(trades.length, 3);
  return Digest.of({ orders, trades });
});

const life = (speed: number | "max") =>
  Effect.gen(function* () {
    const at = yield* file(lines);
    yield* Layer.build(pipeline(at, speed));
    yield* Effect.sleep(30);
    const agent = yield* make;
    yield* played(at);
    return { agent, digest: yield* content, at };
  });

/** What a backtest over bars trades, moved by its share of what the market traded. */
const tradesOf = (bars: ReadonlyArray<Bar.Bar>) => {
  const { trades } = Result.getOrThrow(
    Backtest.run({
      bars: [bars],
      strategies: [{ strategy: "ema_crossover", params: { ema_fast: 3, ema_slow: 8 } }],
      catalog,
      risk: { ...RiskProfile.standard, cooldown_seconds: 0, max_risk_per_trade_pct: 50 },
      capital: "100000",
      fill: { ...FillModel.standard, slippage_bps: 50, slippage_model: "volume_share" },
      seed: 7n,
    }),
  );
  assert.isAbove(trades.length, 3);
  return [...trades];
};

describe("a replay", () => {
  it.live(
    "trades the bars of the file, first to last, however late the agent comes",
    () =>
      Effect.gen(function* () {
        const { agent, at } = yield* life("max");
        const sql = yield* SqlClient.SqlClient;
        const runs = yield* sql<{ readonly inputs: unknown; readonly tick_time: number }>`
        select inputs, tick_time from agent_runs where agent_id = ${agent.id}::uuid order by slot`;
        const seen = runs.flatMap(({ inputs }) => Inputs.decode(inputs).observations.map(({ bar }) => bar));
        assert.strictEqual(runs.length, BARS + 5);
        assert.deepStrictEqual(
          seen
            .filter(({ ticks }) => ticks > 0)
            .map(({ from, open, high, low, close, volume }) => ({
              ts: new Date(from).toISOString(),
              open,
              high,
              low,
              close,
              volume,
            })),
          rows,
        );
        const recorded = seen.filter(({ ticks }) => ticks > 0);
        assert.deepStrictEqual(tradesOf(recorded), tradesOf((yield* ReplayFile.read(at)).bars));
        const found = yield* (yield* Verify).everything(catalog);
        assert.deepInclude(found, { agents: 1, runs: BARS + 5 });
        const missed = yield* sql<{
          readonly missed: number;
        }>`select missed_ticks::int as missed from accounts`;
        assert.deepStrictEqual(
          missed.map((row) => row.missed),
          [0],
        );
      }).pipe(Effect.scoped, Effect.provide(House.layer)),
    120_000,
  );

  it.live(
    "writes no price before its clock is there",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        const looks: Array<{ readonly ahead: number; readonly known: number }> = [];
        const look = sql<{ readonly ahead: number; readonly known: number }>`
          select count(*) filter (where m.ts >= to_timestamp((s.state ->> 'playedTo')::float8 / 1000))::int as ahead,
            count(*)::int as known
          from market_prices m left join market_states s on true`.pipe(
          Effect.tap((found) => Effect.sync(() => looks.push(...found))),
          Effect.delay(5),
        );
        const watching = yield* Effect.forkScoped(Effect.forever(look));
        yield* life("max");
        yield* Fiber.interrupt(watching);
        assert.isAbove(new Set(looks.map(({ known }) => known)).size, 5, "it was looked at while it played");
        assert.deepStrictEqual(
          looks.filter(({ ahead }) => ahead > 0),
          [],
        );
      }).pipe(Effect.scoped, Effect.provide(House.layer)),
    120_000,
  );

  it.live(
    "leaves the same orders and trades at any speed, and when it was cut in two",
    () =>
      Effect.gen(function* () {
        const one = (speed: number | "max") =>
          life(speed).pipe(
            Effect.map(({ digest }) => digest),
            Effect.scoped,
            Effect.provide(House.layer),
          );
        const fast = yield* one("max");
        assert.strictEqual(yield* one("max"), fast);
        assert.strictEqual(yield* one(20_000), fast);
        const cut = yield* Effect.gen(function* () {
          const at = yield* file(lines);
          yield* make;
          const first = yield* Scope.make();
          yield* Layer.build(pipeline(at, 10_000)).pipe(Scope.provide(first));
          yield* Effect.sleep(200);
          yield* Scope.close(first, Exit.void);
          yield* Layer.build(pipeline(at, "max"));
          yield* played(at);
          return yield* content;
        }).pipe(Effect.scoped, Effect.provide(House.layer));
        assert.strictEqual(cut, fast);
      }),
    120_000,
  );

  it.live("is refused when a line of its file is bad, by file, line and column, and nothing is moved", () =>
    Effect.gen(function* () {
      const bad = [...lines.slice(0, 5), "2018-04-04T23:35:00.000Z,7000,NaN,6999,7000,1", ...lines.slice(6)];
      const at = yield* file(bad);
      const exit = yield* Effect.exit(Layer.build(pipeline(at, "max")));
      assert.isTrue(Exit.isFailure(exit));
      const said = Exit.isFailure(exit) ? String(exit.cause) : "";
      assert.include(said, "btcusd-1m.csv:7");
      assert.include(said, "high");
      const missing = yield* Effect.exit(Layer.build(pipeline(`${at}.gone`, "max")));
      assert.include(Exit.isFailure(missing) ? String(missing.cause) : "", "cannot be read");
    }).pipe(Effect.scoped, Effect.provide(House.layer)),
  );
});
