import { assert, it } from "@effect/vitest";
import { again } from "@strom/apps/pipeline/Again.ts";
import * as Simulator from "@strom/apps/pipeline/Simulator.ts";
import { Effect, Fiber, Logger } from "effect";
import { SqlClient } from "effect/sql";
import { TestClock } from "effect/testing";
import * as House from "./House.ts";

it.effect("work is begun anew whatever stops it, and what it held is let go", () =>
  Effect.gen(function* () {
    const told: Array<string> = [];
    const tell = (what: string) => Effect.sync(() => void told.push(what));
    let turn = 0;
    const work = Effect.gen(function* () {
      yield* Effect.acquireRelease(tell("begin"), () => tell("end"));
      turn += 1;
      if (turn === 1) return yield* Effect.fail("failed");
      if (turn === 2) return yield* Effect.die(new Error("died"));
      return yield* Effect.never;
    });
    const fiber = yield* Effect.forkChild(again("the work", work));
    yield* TestClock.adjust("1 minute");
    assert.deepStrictEqual(told, ["begin", "end", "begin", "end", "begin"]);
    yield* Fiber.interrupt(fiber);
    assert.strictEqual(told.at(-1), "end");
  }).pipe(Effect.provide(Logger.layer([]))),
);

it.live(
  "the market goes on after Postgres refused to write for a moment, as after a failover",
  () =>
    Effect.gen(function* () {
      const beginAt = Date.UTC(2026, 2, 1, 12, 0, 0);
      const hand = yield* House.Hand;
      const sql = yield* SqlClient.SqlClient;
      const last = Effect.map(
        sql<{ readonly at: number | null }>`select max(ts) as at from market_prices`,
        (rows) => (Number(rows[0]?.at ?? 0) - beginAt) / 1_000,
      );
      const untilLast = (second: number) =>
        last.pipe(
          Effect.delay("20 millis"),
          Effect.repeat({ until: (at) => at === second }),
          Effect.timeout("10 seconds"),
        );
      yield* hand.set(beginAt);
      const options = { symbols: ["A"], seed: 42n, leadMs: 0 };
      yield* Effect.forkScoped(again("the market", Simulator.run(options)));
      yield* untilLast(0);
      yield* sql`set default_transaction_read_only = on`;
      yield* hand.set(beginAt + 2_000);
      yield* Effect.sleep("1500 millis");
      yield* sql`set default_transaction_read_only = off`;
      yield* untilLast(2);
    }).pipe(Effect.scoped, Effect.provide(House.layer)),
  60_000,
);
