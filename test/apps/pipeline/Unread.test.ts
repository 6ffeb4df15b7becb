import { assert, describe, it } from "@effect/vitest";
import * as Execution from "@strom/apps/pipeline/Execution.ts";
import * as Progress from "@strom/apps/pipeline/Progress.ts";
import * as Risk from "@strom/apps/pipeline/Risk.ts";
import * as Runtime from "@strom/apps/pipeline/Runtime.ts";
import * as Scheduler from "@strom/apps/pipeline/Scheduler.ts";
import * as Stage from "@strom/apps/pipeline/Stage.ts";
import { Catalog } from "@strom/core";
import { Database, Journal, PriceBook, Verify } from "@strom/core/ports";
import { Effect } from "effect";
import { SqlClient } from "effect/sql";
import * as House from "./House.ts";

const catalog = Catalog.make(Catalog.builtIn);
const BEGIN_AT = Date.UTC(2026, 2, 1, 12, 0, 0);

const wish: House.Wish = {
  name: "unread",
  symbols: ["A", "B"],
  strategies: [{ key: "buy_and_hold", params: {} }],
  risk: { cooldown_seconds: 0, max_risk_per_trade_pct: 5 },
};

const ordersOf = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  return yield* sql<{
    readonly symbol: string;
    readonly status: string;
    readonly reject_reason: string | null;
  }>`select symbol, status, reject_reason from orders order by symbol`;
});

/** Runs a stage until it has nothing left to read. */
const work = Effect.fnUntraced(function* (definition: Stage.Definition) {
  const { partitions } = yield* Database;
  const journal = yield* Journal;
  const places = Array.from({ length: partitions }, (_, i) => i);
  const isThrough = Effect.map(journal.lag, (lags) => {
    const own = lags.filter(({ stage }) => stage === definition.stage);
    return own.length === partitions && own.every(({ position, head }) => position === head);
  });
  yield* Effect.raceFirst(
    Stage.run(definition, places, { ...Stage.standard, quietMs: 100 }),
    isThrough.pipe(Effect.delay(20), Effect.repeat({ until: (isSo) => isSo })),
  );
});

describe("an intent that nobody can read", () => {
  it.live(
    "ends its order as refused, with the letter that says why, and the record adds up",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        const hand = yield* House.Hand;
        const book = yield* PriceBook;
        const verify = yield* Verify;
        yield* hand.set(BEGIN_AT);
        yield* House.runningAgent(catalog, wish);
        const scheduler = yield* Scheduler.make;
        yield* scheduler.refresh;
        for (const second of [0, 1]) {
          const at = BEGIN_AT + second * 1000 + 200;
          yield* book.append(
            ["A", "B"].map((symbol) => ({ symbol, at, price: 100, volume: null })),
            "test",
          );
          yield* hand.set(BEGIN_AT + (second + 1) * 1000);
          yield* scheduler.tick(BEGIN_AT + (second + 1) * 1000);
        }
        yield* work(yield* Runtime.make(catalog));
        yield* work(yield* Risk.make);
        assert.deepStrictEqual(
          (yield* ordersOf).map(({ status }) => status),
          ["INTENT", "INTENT"],
        );
        yield* sql`
          update journal set payload = jsonb_set(payload::jsonb, '{payload,qty}', '"many"')::json
          where topic = 'order.intent' and payload -> 'payload' ->> 'symbol' = 'A'`;

        yield* work(yield* Execution.make);
        assert.deepStrictEqual(yield* ordersOf, [
          { symbol: "A", status: "REJECTED", reject_reason: "not_executable" },
          { symbol: "B", status: "FILLED", reject_reason: null },
        ]);
        const letters = yield* sql<{ readonly error: string }>`select error from dead_letters`;
        assert.strictEqual(letters.length, 1);
        assert.include(letters[0]?.error ?? "", "qty");
        yield* Progress.caughtUp;
        assert.isNull(yield* verify.books);
        assert.isNull(yield* verify.identities);
        assert.property(yield* verify.everything(catalog), "trades");
      }).pipe(Effect.scoped, Effect.provide(House.layer)),
    60_000,
  );
});
