import { assert, describe, it } from "@effect/vitest";
import { again } from "@strom/apps/pipeline/Again.ts";
import * as Simulator from "@strom/apps/pipeline/Simulator.ts";
import { Timeline } from "@strom/core/ports";
import { Effect } from "effect";
import { SqlClient } from "effect/sql";
import * as House from "./House.ts";

const BEGIN_AT = Date.UTC(2026, 2, 1, 12, 0, 0) + 400;
const options: Simulator.Options = { symbols: ["BTC-USD", "MADE-UP"], seed: 42n, leadMs: 250 };

/** The market as it stands when it begins at an instant: what it owes up to then is on record. */
const open = Effect.fnUntraced(function* (at: number, asked: Simulator.Options = options) {
  const hand = yield* House.Hand;
  yield* hand.set(at);
  yield* Simulator.open(asked);
});

const prices = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  return yield* sql<{ readonly symbol: string; readonly ts: number; readonly price: string }>`
    select symbol, ts, price from market_prices order by symbol, ts`;
});

describe("the simulated market", () => {
  it.live(
    "has a past when it opens: every second of the last half hour, then less and less",
    () =>
      Effect.gen(function* () {
        yield* open(BEGIN_AT);
        const btc = (yield* prices).filter(({ symbol }) => symbol === "BTC-USD");
        const second = Math.floor((BEGIN_AT + 250) / 1000) * 1000;
        assert.strictEqual(btc.at(-1)?.ts, second);
        const dense = btc.filter(({ ts }) => ts > second - 1_800_000);
        assert.strictEqual(dense.length, 1_800);
        assert.isAtMost((btc[0]?.ts ?? 0) - (second - 21_600_000), 30_000);
        assert.isTrue(btc.every(({ price }) => Number(price) > 0));
      }).pipe(Effect.provide(House.layer)),
    60_000,
  );

  it.live(
    "goes on after a restart as if there had been none, and follows from the seed alone",
    () =>
      Effect.gen(function* () {
        const life = (stops: ReadonlyArray<number>, asked = options) =>
          Effect.gen(function* () {
            for (const at of stops) yield* open(BEGIN_AT + at, asked);
            return yield* prices;
          }).pipe(Effect.provide(House.layer));
        const cut = yield* life([0, 5_000, 6_000, 90_000]);
        const begun = yield* life([0, 90_000]);
        assert.deepStrictEqual(cut, begun);
        const other = yield* life([0, 90_000], { ...options, seed: 43n });
        assert.notDeepEqual(other, begun);
      }),
    120_000,
  );

  it.live(
    "gives a symbol that joins later a past of its own, and leaves the others as they are",
    () =>
      Effect.gen(function* () {
        yield* open(BEGIN_AT, { ...options, symbols: ["BTC-USD"] });
        const before = yield* prices;
        yield* open(BEGIN_AT + 2_000);
        const after = yield* prices;
        const known = new Set(before.map(({ symbol, ts }) => `${symbol} ${ts}`));
        assert.deepStrictEqual(
          after.filter(({ symbol, ts }) => known.has(`${symbol} ${ts}`)),
          before,
        );
        assert.isAbove(after.filter(({ symbol }) => symbol === "MADE-UP").length, 1_800);
      }).pipe(Effect.provide(House.layer)),
    60_000,
  );

  it.live(
    "moves its time, not its prices, after a pause of days",
    () =>
      Effect.gen(function* () {
        yield* open(BEGIN_AT);
        const last = (yield* prices).filter(({ symbol }) => symbol === "BTC-USD").at(-1);
        const daysLater = BEGIN_AT + 3 * 86_400_000;
        yield* open(daysLater);
        const next = (yield* prices).filter(({ symbol, ts }) => symbol === "BTC-USD" && ts > (last?.ts ?? 0));
        assert.isAbove(next.length, 1_800);
        assert.isAtLeast(next[0]?.ts ?? 0, daysLater - 21_600_000 - 30_000);
        assert.strictEqual(next.at(-1)?.ts, Math.floor((daysLater + 250) / 1000) * 1000);
        // The first price after the pause is a few steps from the last one before it.
        assert.closeTo(Number(next[0]?.price), Number(last?.price), Number(last?.price) * 0.05);
      }).pipe(Effect.provide(House.layer)),
    60_000,
  );

  it.live(
    "does not write all of the days its machine slept, but begins again",
    () =>
      Effect.gen(function* () {
        const hand = yield* House.Hand;
        yield* hand.set(BEGIN_AT);
        yield* Effect.forkScoped(again("the market", Simulator.run(options)));
        const count = Effect.map(prices, (rows) => rows.length);
        yield* count.pipe(
          Effect.delay("20 millis"),
          Effect.repeat({ until: (n) => n > 0 }),
          Effect.timeout("20 seconds"),
        );
        const before = yield* count;
        const daysLater = BEGIN_AT + 2 * 86_400_000;
        yield* hand.set(daysLater);
        const until = Math.floor((daysLater + 250) / 1000) * 1000;
        yield* prices.pipe(
          Effect.delay("100 millis"),
          Effect.repeat({ until: (rows) => rows.some(({ ts }) => ts === until) }),
          Effect.timeout("30 seconds"),
        );
        // Half an hour in every second, the rest of six hours in every thirtieth, of two symbols.
        assert.isAtMost((yield* count) - before, 2 * (1_800 + 660 + 5));
      }).pipe(Effect.scoped, Effect.provide(House.layer)),
    60_000,
  );

  it.live(
    "writes nothing while its clock is ahead of the database's",
    () =>
      Effect.gen(function* () {
        let aheadMs = 3_600_000;
        const timeline = Timeline.of({
          now: Effect.sync(() => Date.now() + aheadMs),
          phaseMs: () => 0,
          isReplay: false,
        });
        const market = again("the market", Simulator.run(options));
        yield* Effect.forkScoped(Effect.provideService(market, Timeline, timeline));
        const last = Effect.map(prices, (rows) => Math.max(0, ...rows.map(({ ts }) => ts)));
        const untilNow = last.pipe(
          Effect.delay("100 millis"),
          Effect.repeat({ until: (at) => at > Date.now() - 2_000 }),
          Effect.timeout("20 seconds"),
        );
        yield* Effect.sleep("1 second");
        assert.strictEqual(yield* last, 0);
        aheadMs = 0;
        yield* untilNow;
        aheadMs = 60_000;
        yield* Effect.sleep("2 seconds");
        assert.isBelow(yield* last, Date.now() + 2_000);
        aheadMs = 0;
        yield* untilNow;
      }).pipe(Effect.scoped, Effect.provide(House.layer)),
    60_000,
  );
});
