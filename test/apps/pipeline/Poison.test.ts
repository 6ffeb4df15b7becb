import { assert, it } from "@effect/vitest";
import * as Poison from "@strom/apps/pipeline/Poison.ts";
import * as Runtime from "@strom/apps/pipeline/Runtime.ts";
import * as Scheduler from "@strom/apps/pipeline/Scheduler.ts";
import * as Stage from "@strom/apps/pipeline/Stage.ts";
import { Catalog, Strategy } from "@strom/core";
import { Database, PriceBook } from "@strom/core/ports";
import { Cause, Effect, Schema } from "effect";
import { SqlClient } from "effect/sql";
import * as House from "./House.ts";

const BEGIN_AT = Date.UTC(2026, 2, 1, 12, 0, 0);

/** What a strategy may throw, and Postgres or JavaScript itself cannot put into words. */
const thrown: ReadonlyArray<readonly [what: string, value: unknown]> = [
  ["a NUL", new Error("bad \0 byte")],
  ["half an emoji", new Error("cut \ud83d")],
  ["an emoji that is cut in the midst when the reason is shortened", new Error("🙂".repeat(3_000))],
  ["an object of no kind", Object.create(null)],
  [
    "an error whose message throws",
    Object.defineProperty(new Error("x"), "message", {
      get: () => {
        throw new Error("no");
      },
    }),
  ],
  ["nothing", undefined],
];

it("puts into words what Postgres takes, whatever was thrown", () => {
  for (const [what, value] of thrown) {
    const reason = Poison.reason(Cause.die(value));
    assert.isTrue(reason.isWellFormed() && !reason.includes("\0"), what);
    assert.isBelow(reason.length, 2_001, what);
  }
  assert.strictEqual(Poison.reason(Cause.die(new RangeError("5 is below 7"))), "RangeError: 5 is below 7");
});

const Loud = Strategy.make({
  key: "loud",
  name: "Loud",
  description: "Throws one thing after the other.",
  params: Schema.Struct({ which: Schema.Int }),
  warmup: () => 1,
  init: () => ({}),
  step: ({ which }) => {
    throw thrown[which]?.[1];
  },
});
const catalog = Catalog.make([Loud]);

it.live("what a strategy throws is put aside, whatever it is, and holds up nobody", () =>
  Effect.gen(function* () {
    for (const [which] of thrown.entries())
      yield* House.runningAgent(catalog, {
        name: `loud ${which}`,
        symbols: ["A"],
        strategies: [{ key: "loud", params: { which } }],
      });
    const hand = yield* House.Hand;
    const { partitions } = yield* Database;
    yield* hand.set(BEGIN_AT);
    const scheduler = yield* Scheduler.make;
    yield* scheduler.refresh;
    const book = yield* PriceBook;
    yield* book.append([{ symbol: "A", at: BEGIN_AT + 200, price: 100, volume: null }], "test");
    yield* hand.set(BEGIN_AT + 2_000);
    const ticks = yield* scheduler.tick(BEGIN_AT + 2_000);
    assert.strictEqual(ticks, thrown.length);
    const places = Array.from({ length: partitions }, (_, place) => place);
    yield* Effect.forkScoped(Stage.run(yield* Runtime.make(catalog), places));
    const sql = yield* SqlClient.SqlClient;
    yield* sql`select 1 from dead_letters`.pipe(
      Effect.repeat({ until: (letters) => letters.length === ticks }),
      Effect.timeout("20 seconds"),
    );
  }).pipe(Effect.scoped, Effect.provide(House.layer)),
);
