import { assert, it } from "@effect/vitest";
import * as ReplayTimeline from "@strom/apps/pipeline/ReplayTimeline.ts";
import * as Retention from "@strom/apps/pipeline/Retention.ts";
import { Expiry, Journal } from "@strom/core/ports";
import { Clock, Effect, Layer } from "effect";

const DAY_MS = 86_400_000;

/** What each chore was asked to remove up to. */
const asked = new Map<string, number>();
const note = (what: string) => (olderThan: number) =>
  Effect.sync(() => {
    asked.set(what, olderThan);
    return 0;
  });

const shelves = Layer.merge(
  Layer.mock(Journal, { prune: note("journal") }),
  Layer.mock(Expiry, { answers: note("answers"), prices: note("prices"), messages: note("messages") }),
);

it.layer(Layer.merge(shelves, ReplayTimeline.layer))("Retention in a replay", (it) => {
  it.effect("counts the days of journal and prices by the file's clock, those of requests by ours", () =>
    Effect.gen(function* () {
      const playedAt = Date.UTC(2018, 3, 4);
      yield* (yield* ReplayTimeline.ReplayClock).set(playedAt);
      yield* Retention.once({ journalDays: 7, priceDays: 365 });
      const nowAt = yield* Clock.currentTimeMillis;
      assert.strictEqual(asked.get("journal"), playedAt - 7 * DAY_MS);
      assert.strictEqual(asked.get("prices"), playedAt - 365 * DAY_MS);
      assert.strictEqual(asked.get("answers"), nowAt - DAY_MS);
      assert.strictEqual(asked.get("messages"), nowAt - 30 * DAY_MS);
    }),
  );
});
