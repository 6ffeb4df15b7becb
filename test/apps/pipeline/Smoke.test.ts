import { assert, it } from "@effect/vitest";
import * as Pipeline from "@strom/apps/pipeline/Pipeline.ts";
import * as Progress from "@strom/apps/pipeline/Progress.ts";
import * as Scheduler from "@strom/apps/pipeline/Scheduler.ts";
import { Catalog } from "@strom/core";
import { Database, PriceBook } from "@strom/core/ports";
import { Effect } from "effect";
import { SqlClient } from "effect/sql";
import * as House from "./House.ts";

const catalog = Catalog.make(Catalog.builtIn);

it.live("an agent that buys and holds is ticked, decides, is let through, and is filled", () =>
  Effect.gen(function* () {
    const hand = yield* House.Hand;
    const book = yield* PriceBook;
    const sql = yield* SqlClient.SqlClient;
    const { partitions } = yield* Database;
    const startAt = Date.now() + 10_000;
    yield* House.runningAgent(catalog, { name: "one", symbols: ["BTC-USD"], strategies: [{ key: "buy_and_hold", params: {} }] });
    yield* Pipeline.stages(catalog, Array.from({ length: partitions }, (_, i) => i));
    const scheduler = yield* Scheduler.make;
    for (let second = 0; second < 5; second++) {
      const at = startAt + second * 1000;
      yield* book.append([{ symbol: "BTC-USD", at: at - 500, price: 100 + second, volume: 2 }], "test");
      yield* hand.set(at + 999);
      yield* scheduler.refresh;
      yield* scheduler.tick(at + 999);
      yield* Progress.caughtUp;
    }
    for (const t of ["agent_runs","signals","orders","trades","positions","accounts","pnl_snapshots","risk_decisions","ledger_entries","dead_letters","journal"]) {
      const rows = yield* sql.unsafe(`select * from ${t} limit 3`);
      console.log(t, rows.length, JSON.stringify(rows[0], (_k, v) => typeof v === "bigint" ? String(v) : v));
    }
    const trades = yield* sql`select * from trades`;
    assert.strictEqual(trades.length, 1);
  }).pipe(Effect.scoped, Effect.provide(House.layer)),
);
