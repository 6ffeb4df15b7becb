import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert, it } from "@effect/vitest";
import * as Composition from "@strom/apps/Composition.ts";
import * as Config from "@strom/apps/Config.ts";
import * as Progress from "@strom/apps/pipeline/Progress.ts";
import { Rng } from "@strom/core";
import { roles } from "@strom/core/ports";
import { ConfigProvider, Effect, Layer, Logger } from "effect";
import { SqlClient } from "effect/sql";
import { afterAll, beforeAll } from "vitest";
import * as Folder from "../servers/Folder.ts";
import * as Nats from "../servers/Nats.ts";
import { requires } from "../servers/Needs.ts";
import * as Postgres from "../servers/Postgres.ts";
import * as Strom from "../servers/Strom.ts";
import * as Books from "./Books.ts";
import * as Fleet from "./Fleet.ts";
import * as Recording from "./faults/Recording.ts";

const SLOTS = 500;
const MINUTE = 60_000;
const BEGIN_AT = Date.UTC(2026, 2, 1, 20, 0, 0);
const AGENTS = 24;

/** Prices that swing enough for every strategy to speak, as a CSV of minutes. */
const csv = (): string => {
  const lines = ["ts,open,high,low,close,volume"];
  for (let minute = 0; minute < SLOTS; minute++) {
    const price = (step: number): number =>
      100 + 8 * Rng.uniformFrom("slow", Math.floor(step / 12)) + 3 * Rng.uniformFrom("fast", step);
    const [open, close] = [price(minute), price(minute + 1)];
    const row = [open, Math.max(open, close) + 0.5, Math.min(open, close) - 0.5, close];
    lines.push(
      [
        new Date(BEGIN_AT + minute * MINUTE).toISOString(),
        ...row.map((value) => value.toFixed(2)),
        minute % 7,
      ].join(","),
    );
  }
  return `${lines.join("\n")}\n`;
};

const untilSlot = Effect.fnUntraced(function* (slot: number) {
  const sql = yield* SqlClient.SqlClient;
  while (true) {
    const rows = yield* sql<{ readonly at: number }>`
      select (state ->> 'playedTo')::float8 as at from market_states`;
    if ((rows[0]?.at ?? 0) >= BEGIN_AT + slot * MINUTE) return;
    yield* Effect.sleep(20);
  }
});
const untilPlayed = Effect.andThen(untilSlot(SLOTS), Progress.caughtUp);

requires(["postgres", "nats"], "five hundred slots", () => {
  let postgres: Postgres.Server;
  let nats: Nats.Server;
  let folder = "";
  let file = "";
  beforeAll(async () => {
    [postgres, nats] = await Promise.all([Postgres.start({ fsync: false }), Nats.start()]);
    folder = Folder.make("replay");
    file = join(folder, "TEST-1m.csv");
    writeFileSync(file, csv());
  });
  afterAll(async () => {
    await Promise.all([postgres.destroy(), nats.destroy()]);
    Folder.remove(folder);
  });

  const replay = () => ({ STROM_MARKET: `replay:${file}`, STROM_REPLAY_SPEED: "max" });

  /** Everything in this process, over the embedded database. */
  const embedded = Effect.gen(function* () {
    const env = { ...replay(), STROM_DATA_DIR: join(folder, "data") };
    const settings = yield* Config.read.pipe(
      Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown(env)),
    );
    return yield* Effect.gen(function* () {
      yield* Fleet.launch(AGENTS, Recording.wishOf);
      yield* Layer.build(Composition.layerPipeline(settings, roles));
      yield* untilPlayed;
      return yield* Books.read;
    }).pipe(Effect.provide(Fleet.record(env)), Effect.provide(Logger.layer([])));
  }).pipe(Effect.scoped);

  /** Two workers and a process a stage, over Postgres and JetStream; a worker is killed on the way. */
  const distributed = Effect.gen(function* () {
    const url = yield* Effect.promise(() => postgres.createDatabase());
    const env = { ...replay(), DATABASE_URL: url, NATS_URL: nats.url };
    return yield* Effect.gen(function* () {
      yield* Fleet.launch(AGENTS, Recording.wishOf);
      const first = yield* Strom.scoped(["worker"], env);
      yield* Strom.scoped(["worker"], env);
      yield* Strom.scoped(["risk"], env);
      yield* untilSlot(SLOTS / 5);
      yield* Effect.promise(() => first.kill());
      yield* untilPlayed;
      return yield* Books.read;
    }).pipe(Effect.provide(Fleet.record(env)));
  }).pipe(Effect.scoped);

  it.live(
    "leave the same books in one process and on many, one of them killed",
    () =>
      Effect.gen(function* () {
        const alone = yield* embedded;
        assert.isAbove(alone["trades"]?.length ?? 0, 500);
        assert.deepStrictEqual(alone["dead_letters"], []);
        const together = yield* distributed;
        for (const [table, rows] of Object.entries(alone)) {
          assert.deepStrictEqual(together[table], rows, table);
        }
        assert.strictEqual(Books.digest(together), Books.digest(alone));
      }),
    400_000,
  );
});
