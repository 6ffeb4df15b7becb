import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Composition from "@strom/apps/Composition.ts";
import * as Config from "@strom/apps/Config.ts";
import * as Progress from "@strom/apps/pipeline/Progress.ts";
import { roles } from "@strom/core/ports";
import { ConfigProvider, Effect, Layer, Logger } from "effect";
import { SqlClient } from "effect/sql";
import type * as Books from "../Books.ts";
import * as Fleet from "../Fleet.ts";
import * as Patience from "./Patience.ts";
import * as Recording from "./Recording.ts";
import * as Verdict from "./Verdict.ts";

/** A recording of so many minutes, played to so many agents; its files are in the folder. */
export interface Score {
  readonly folder: string;
  readonly minutes: number;
  readonly agents: number;
}

/** As fast as the stages commit, or so many times as fast as it was recorded. */
export type Speed = number | "max";

/** The variables that play it. */
export const play = ({ folder, minutes }: Score, speed: Speed = "max"): Fleet.Env => {
  mkdirSync(join(folder, String(minutes)), { recursive: true });
  const file = join(folder, String(minutes), "TEST-1m.csv");
  writeFileSync(file, Recording.csv(minutes));
  return { STROM_MARKET: `replay:${file}`, STROM_REPLAY_SPEED: String(speed) };
};

/** How far the recording was played; its beginning before that. */
export const playedTo = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  const rows = yield* sql<{ readonly at: number }>`
    select (state ->> 'playedTo')::float8 as at from market_states`;
  return rows[0]?.at ?? Recording.BEGIN_AT;
});

export const untilPlayedTo = (at: number, withinMs: number, what: string) =>
  Patience.until(
    Effect.map(playedTo, (now) => now >= at),
    withinMs,
    what,
  );

/** Plays it in this process with nothing in the way, over the embedded database or the one these variables name. */
export const live = (score: Score, env: Fleet.Env): Effect.Effect<Books.Books> =>
  Effect.gen(function* () {
    const own = { ...play(score), ...env };
    const settings = yield* Config.read.pipe(
      Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown(own)),
    );
    return yield* Effect.gen(function* () {
      yield* Fleet.launch(score.agents, Recording.wishOf);
      yield* Layer.build(Composition.layerPipeline(settings, roles));
      yield* untilPlayedTo(Recording.instant(score.minutes), 1_800_000, "the calm life is not over");
      yield* Progress.caughtUp;
      return (yield* Verdict.readBooks).books;
    }).pipe(Effect.provide(Fleet.record(own)), Effect.provide(Logger.layer([])));
  }).pipe(Effect.scoped, Effect.orDie);

/** Over an embedded database of its own. Run apart: layers of one run are shared, and this record is another. */
export const embedded = (score: Score): Effect.Effect<Books.Books> =>
  Effect.promise(() =>
    Effect.runPromise(live(score, { STROM_DATA_DIR: join(score.folder, String(score.minutes), "calm") })),
  );
