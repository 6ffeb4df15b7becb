import { assert, describe, it } from "@effect/vitest";
import * as Pipeline from "@strom/apps/pipeline/Pipeline.ts";
import * as ReplayFile from "@strom/apps/pipeline/ReplayFile.ts";
import { Backtest, Catalog, FillModel, Ledger, Money, RiskProfile } from "@strom/core";
import { PriceBook, Verify } from "@strom/core/ports";
import { Effect, Layer, Result } from "effect";
import { SqlClient } from "effect/sql";
import * as House from "./House.ts";
import * as Minutes from "./Minutes.ts";

const catalog = Catalog.make(Catalog.builtIn);
/** No bars from 23:55 to 00:05: the day begins in slots that bring nothing. */
const rows = Minutes.make(260).map((row, index) =>
  index < 25 ? row : { ...row, ts: new Date(Date.parse(row.ts) + 10 * 60_000).toISOString() },
);
const END_AT = Date.parse(rows.at(-1)?.ts ?? "") + 60_000;

const risk: RiskProfile.RiskProfile = {
  ...RiskProfile.standard,
  // With a stop one percent away, two fifths of the account in a position.
  max_risk_per_trade_pct: 0.4,
  cooldown_seconds: 120,
  stop_loss_pct: 1,
  trailing_stop_pct: 1.5,
};

const wishes = Catalog.builtIn.map(
  ({ key }): House.Wish => ({
    name: key,
    frequencySeconds: 60,
    symbols: ["BTCUSD"],
    strategies: [{ key, params: key === "ema_crossover" ? { ema_fast: 3, ema_slow: 8 } : {} }],
    risk,
  }),
);

interface LiveTrade {
  readonly side: string;
  readonly qty: string;
  readonly price: string;
  readonly fee: string;
  readonly ts: number;
}
interface LiveMark {
  readonly equity: string;
  readonly ts: number;
}

const six = (amount: bigint): string => Money.formatFixed(amount, 6);

describe("a live agent fed a recording", () => {
  it.live(
    "trades what a backtest of it trades, and is worth the same at every bar, whatever its strategy",
    () =>
      Effect.gen(function* () {
        const at = yield* Minutes.file(Minutes.lines(rows));
        const agents = yield* Effect.forEach(wishes, (wish) => House.runningAgent(catalog, wish));
        yield* Layer.build(
          Pipeline.layer({
            catalog,
            source: { kind: "replay", file: at, speed: "max" },
            retention: { journalDays: 7, priceDays: 30 },
          }),
        );
        const book = yield* PriceBook;
        yield* book
          .recall(`replay:${at}`)
          .pipe(
            Effect.delay(50),
            Effect.repeat({ until: (state) => JSON.stringify(state).includes(String(END_AT)) }),
          );

        const series = yield* ReplayFile.read(at);
        const sql = yield* SqlClient.SqlClient;
        let traded = 0;
        for (const [index, agent] of agents.entries()) {
          const wish = wishes[index];
          if (wish === undefined) continue;
          const backtest = Result.getOrThrow(
            Backtest.run({
              bars: [series.bars],
              strategies: wish.strategies.map(({ key, params }) => ({ strategy: key, params })),
              catalog,
              risk,
              capital: "100000",
              fill: FillModel.standard,
              seed: 7n,
              agentId: agent.id,
            }),
          );
          const live = yield* sql<LiveTrade>`
            select side, qty, price, fee, ts from trades where agent_id = ${agent.id} order by ts`;
          assert.deepStrictEqual(
            live.map(({ side, qty, price, fee, ts }) => [side, qty, price, fee, ts]),
            backtest.trades.map((trade) => [
              trade.side,
              six(trade.qty),
              six(trade.price),
              six(trade.fee),
              trade.at,
            ]),
            wish.name,
          );
          traded += live.length;
          const days = yield* sql<{ readonly begun: string }>`
            select day_start_equity as begun from accounts where agent_id = ${agent.id}`;
          assert.strictEqual(days[0]?.begun, six(backtest.guard.dayStartEquity), wish.name);

          // The worth at each bar, from the backtest's own trades, in exact money.
          const marks = yield* sql<LiveMark>`
            select equity, ts from pnl_snapshots where agent_id = ${agent.id} and kind = 'RUN' order by ts`;
          const liveAt = new Map(marks.map(({ ts, equity }) => [ts, equity]));
          let account = Ledger.open(House.cash("100000"));
          let next = 0;
          for (const bar of series.bars) {
            const prices = { BTCUSD: Result.getOrThrow(Money.priceFromNumber(bar.close)) };
            const { equity } = Ledger.mark(account, prices);
            assert.strictEqual(liveAt.get(bar.to), Money.formatFixed(equity, 2), `${wish.name} at ${bar.to}`);
            for (; backtest.trades[next]?.at === bar.to; next++) {
              const trade = backtest.trades[next];
              if (trade === undefined) break;
              account = Ledger.apply(account, trade);
            }
          }
          assert.strictEqual(next, backtest.trades.length);
        }
        assert.isAbove(traded, 60);
        yield* (yield* Verify).everything(catalog);
      }).pipe(Effect.scoped, Effect.provide(House.layer)),
    180_000,
  );
});
