import { assert, it } from "@effect/vitest";
import * as LiveTimeline from "@strom/apps/pipeline/LiveTimeline.ts";
import * as Scheduler from "@strom/apps/pipeline/Scheduler.ts";
import { Catalog } from "@strom/core";
import { Agents } from "@strom/core/ports";
import { Effect } from "effect";
import { SqlClient } from "effect/sql";
import * as House from "./House.ts";

const catalog = Catalog.make(Catalog.builtIn);

it.live(
  "slots that nobody ticked are missed, also of an agent that was paused and started before somebody does",
  () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient;
      const agents = yield* Agents;
      const strategies = [{ key: "buy_and_hold", params: {} }];
      const { id, userId } = yield* House.runningAgent(catalog, { name: "m", symbols: ["A"], strategies });
      const to = (state: "PAUSED" | "RUNNING") =>
        agents.change(userId, id, () => Effect.succeed({ moves: [{ to: state, reason: "test" }] }));
      const make = Scheduler.make.pipe(Effect.provide(LiveTimeline.layer));
      const tickNow = (scheduler: Scheduler.Scheduler) =>
        Effect.andThen(
          Effect.sleep("1200 millis"),
          Effect.suspend(() => scheduler.tick(Date.now())),
        );
      /** Slots that began while it ran, up to the newest that was ticked; and those ticked or counted. */
      const sums = Effect.gen(function* () {
        const ticks = yield* sql<{ readonly at: number }>`
          select at from journal where topic = 'agent.tick' order by "offset"`;
        const accounts = yield* sql<{
          readonly missed: number;
        }>`select missed_ticks::int as missed from accounts`;
        const moves = yield* sql<{ readonly at: number; readonly to: string }>`
          select at, "to" from agent_transitions order by id`;
        let due = 0;
        for (let at = ticks.at(-1)?.at ?? 0; at >= (moves[0]?.at ?? 0); at -= 1000)
          if (moves.findLast((move) => move.at <= at)?.to === "RUNNING") due += 1;
        return {
          due,
          accounted: ticks.length + (accounts[0]?.missed ?? 0),
          missed: accounts[0]?.missed ?? 0,
        };
      });
      /** Seconds that pass without a tick, then a pause, then a start. */
      const interlude = Effect.fnUntraced(function* (seconds: number, scheduler: Scheduler.Scheduler) {
        yield* Effect.sleep(seconds * 1000);
        yield* to("PAUSED");
        yield* scheduler.refresh;
        yield* Effect.sleep("1200 millis");
        yield* to("RUNNING");
        yield* scheduler.refresh;
      });
      const scheduler = yield* make;
      yield* scheduler.refresh;
      assert.strictEqual(yield* tickNow(scheduler), 1);
      yield* interlude(3, scheduler);
      assert.strictEqual(yield* tickNow(scheduler), 1);
      const first = yield* sums;
      assert.strictEqual(first.accounted, first.due);
      assert.isAtLeast(first.missed, 3);

      // What a scheduler does not remember, the record knows.
      yield* interlude(2, scheduler);
      const other = yield* make;
      yield* other.refresh;
      assert.strictEqual(yield* tickNow(other), 1);
      const second = yield* sums;
      assert.strictEqual(second.accounted, second.due);
      assert.isAtLeast(second.missed - first.missed, 2);
      assert.strictEqual(yield* tickNow(other), 1);
      const third = yield* sums;
      assert.strictEqual(third.accounted, third.due);
    }).pipe(Effect.scoped, Effect.provide(House.layer)),
  60_000,
);
