import { assert, describe, it } from "@effect/vitest";
import * as Runtime from "@strom/apps/pipeline/Runtime.ts";
import * as Scheduler from "@strom/apps/pipeline/Scheduler.ts";
import * as Stage from "@strom/apps/pipeline/Stage.ts";
import * as Strangers from "@strom/apps/strategies/Strangers.ts";
import { Catalog, Strategy } from "@strom/core";
import { Database, PriceBook } from "@strom/core/ports";
import { Effect, Schema } from "effect";
import { SqlClient } from "effect/sql";
import * as House from "./House.ts";

const BEGIN_AT = Date.UTC(2026, 2, 1, 12, 0, 0);

const Mine = Strategy.make({
  key: "mine",
  name: "Mine",
  description: "Of a folder of one's own.",
  params: Schema.Struct({}),
  warmup: () => 1,
  init: () => ({ bars: 0 }),
  step: (_, state: { readonly bars: number }) => [{ bars: state.bars + 1 }, null],
});
const whole = Catalog.make([...Catalog.builtIn, Mine]);
const poor = Catalog.make(Catalog.builtIn);

/** One agent of a strategy that not everybody has, and one of a strategy that everybody has. */
const agents = Effect.gen(function* () {
  yield* (yield* House.Hand).set(BEGIN_AT);
  const one = (name: string, key: string) =>
    House.runningAgent(whole, { name, symbols: ["A"], strategies: [{ key, params: {} }] });
  yield* one("rare", "mine");
  yield* one("common", "buy_and_hold");
});

/** Ticks everybody so many times from a second on. */
const tick = Effect.fnUntraced(function* (from: number, count: number) {
  const hand = yield* House.Hand;
  const book = yield* PriceBook;
  const scheduler = yield* Scheduler.make;
  yield* hand.set(BEGIN_AT + from * 1000);
  yield* scheduler.refresh;
  for (let second = from; second < from + count; second++) {
    const at = BEGIN_AT + second * 1000;
    yield* book.append([{ symbol: "A", at: at + 200, price: 100, volume: null }], "test");
    yield* hand.set(at + 1000);
    yield* scheduler.tick(at + 1000);
  }
});

/** A process of that catalog has every partition, for as long as it takes. */
const work = Effect.fnUntraced(function* (
  catalog: Catalog.Catalog,
  isDone: (runs: Runs) => boolean,
  options: Partial<Stage.Options> = {},
) {
  const { partitions } = yield* Database;
  const places = Array.from({ length: partitions }, (_, place) => place);
  const definition = yield* Runtime.make(catalog);
  yield* Effect.raceFirst(
    Stage.run(definition, places, { ...Stage.standard, quietMs: 100, ...options }),
    Effect.repeat(Effect.delay(runs, 20), { until: isDone }).pipe(Effect.timeout("20 seconds")),
  );
});

type Runs = Readonly<Record<string, number>>;
const runs = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  const rows = yield* sql<{ readonly what: string; readonly count: number }>`
    select a.name || ' ' || r.status as what, count(*)::int as count
    from agent_runs r join agents a on a.id = r.agent_id group by 1`;
  return Object.fromEntries(rows.map(({ what, count }): [string, number] => [what, count]));
});

const standing = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  const letters = yield* sql`select 1 from dead_letters`;
  const statuses = yield* sql<{ readonly status: string }>`select distinct status from agents`;
  return { letters: letters.length, statuses: statuses.map(({ status }) => status) };
});

describe("what one process does not know", () => {
  it.live(
    "does not take an agent to ERROR whose strategy others have, and goes on where they take over",
    () =>
      Effect.gen(function* () {
        yield* agents;
        assert.match((yield* Strangers.sentence(poor)) ?? "", /does not: mine of 1$/);
        assert.isNull(yield* Strangers.sentence(whole));
        yield* tick(0, 8);
        yield* work(poor, (found) => (found["common COMPLETED"] ?? 0) >= 7);
        const during = yield* runs;
        assert.isUndefined(during["rare COMPLETED"]);
        assert.isAtLeast(during["rare FAILED"] ?? 0, 7);
        assert.deepStrictEqual(yield* standing, { letters: 0, statuses: ["RUNNING"] });
        yield* tick(8, 3);
        yield* work(whole, (found) => (found["rare COMPLETED"] ?? 0) >= 3);
        assert.strictEqual((yield* runs)["rare FAILED"], during["rare FAILED"]);
      }).pipe(Effect.scoped, Effect.provide(House.layer)),
    60_000,
  );

  it.live(
    "is waited with when events are of a newer version, while what came before and other partitions go on",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        yield* agents;
        yield* tick(0, 8);
        const version = (to: number) => sql`
          update journal set payload = jsonb_set(payload::jsonb, '{version}', to_jsonb(${to}::int))::json
          where topic = 'agent.tick' and "offset" >= 3
            and agent_id = (select id from agents where name = 'rare')`;
        yield* version(2);
        yield* work(whole, (found) => found["rare COMPLETED"] === 3 && (found["common COMPLETED"] ?? 0) >= 7);
        assert.deepStrictEqual(yield* standing, { letters: 0, statuses: ["RUNNING"] });
        yield* version(1);
        yield* work(whole, (found) => (found["rare COMPLETED"] ?? 0) >= 7);
        assert.deepStrictEqual(yield* standing, { letters: 0, statuses: ["RUNNING"] });
        assert.isUndefined((yield* runs)["rare FAILED"]);
      }).pipe(Effect.scoped, Effect.provide(House.layer)),
    60_000,
  );
});
