import * as Progress from "@strom/apps/pipeline/Progress.ts";
import { Rng } from "@strom/core";
import { Effect } from "effect";
import * as Nats from "../../servers/Nats.ts";
import * as Postgres from "../../servers/Postgres.ts";
import type * as Books from "../Books.ts";
import * as Fleet from "../Fleet.ts";
import * as Calm from "./Calm.ts";
import * as Company from "./Company.ts";
import { patiently } from "./Patience.ts";
import * as Recording from "./Recording.ts";
import type { Place, Trial } from "./Trials.ts";
import * as Verdict from "./Verdict.ts";
import * as Witness from "./Witness.ts";

/** A recording played by real processes over real servers while trials befall them, one after the other. */
export interface Ordeal extends Calm.Score {
  readonly staff: ReadonlyArray<Company.Kind>;
  readonly trials: ReadonlyArray<Trial>;
  readonly fsync: boolean;
  /** Fast enough for nobody to wait, slow enough for something to be left to play at every trial. */
  readonly speed: Calm.Speed;
  /** Told what happens. */
  readonly tell: (line: string) => void;
}

/** What became of one trial. */
export interface Recovery {
  readonly name: string;
  readonly kills: ReadonlyArray<Company.Kind>;
  /** From the end of the trial, of a kill from the kill, until the whole pipeline had done more slots. */
  readonly ms: number;
}

export interface Report {
  readonly recoveries: ReadonlyArray<Recovery>;
  readonly acknowledged: Witness.Acknowledged;
  readonly verdict: Verdict.Verdict;
  /** Processes that did not end in order when they were told to, and what they said. */
  readonly ended: ReadonlyArray<string>;
  readonly seconds: number;
}

/** The slowest a system may be to go on after a trial. */
export const RECOVERY_MS = 60_000;

const MINUTE = Recording.instant(1) - Recording.instant(0);
/** The recording waits for every stage at every slot: after so many of them each has worked again. */
const SLOTS_AFTER = 3;
/** A trial comes at any point of a slot, not always just after one. */
const ANY_MS = 150;

/** The trials at their turn, and how long each was felt. */
const during = (ordeal: Ordeal, place: Place, witness: Witness.Witness) =>
  Effect.gen(function* () {
    const { trials, minutes, staff, tell } = ordeal;
    const recoveries: Array<Recovery> = [];
    yield* witness.look.pipe(Effect.delay(500), Effect.forever, Effect.forkScoped);
    if (staff.includes("api")) {
      yield* Effect.suspend(() => witness.feed(place.company.url("api"))).pipe(
        Effect.delay(200),
        Effect.forever,
        Effect.forkScoped,
      );
    }
    for (const [index, trial] of trials.entries()) {
      const due = Recording.instant(Math.floor(((index + 1) * minutes) / (trials.length + 2)));
      yield* Calm.untilPlayedTo(
        due,
        600_000,
        `the recording did not come as far as the trial "${trial.name}"`,
      );
      yield* Effect.sleep(ANY_MS * Rng.uniformFrom("trial", minutes, index));
      const struckAt = performance.now();
      const before = yield* patiently(Calm.playedTo);
      yield* patiently(trial.strike(place));
      const overAt = trial.isInstant ? struckAt : performance.now();
      const at = trial.isInstant ? before : yield* patiently(Calm.playedTo);
      const goal = at + SLOTS_AFTER * MINUTE;
      // Whoever has nothing to do is harmed by nothing.
      if (goal > Recording.instant(minutes))
        throw new Error(`nothing was left to play after "${trial.name}"`);
      yield* Calm.untilPlayedTo(goal, RECOVERY_MS, `no recovery after "${trial.name}"`);
      const ms = performance.now() - overAt;
      recoveries.push({ name: trial.name, kills: trial.kills, ms });
      tell(`${trial.name}: on its way again after ${(ms / 1000).toFixed(1)} s`);
    }
    yield* Calm.untilPlayedTo(
      Recording.instant(minutes),
      1_800_000,
      "the recording was not played to its end",
    );
    yield* patiently(Progress.caughtUp);
    yield* witness.look;
    return recoveries;
  }).pipe(Effect.scoped);

/** Plays it, and says what came of it beside the books of a calm life. */
export const undergo = (ordeal: Ordeal, calm: Effect.Effect<Books.Books>): Effect.Effect<Report> =>
  Effect.gen(function* () {
    const { agents, staff, fsync } = ordeal;
    const beganAt = performance.now();
    const postgres = yield* Postgres.scoped({ fsync });
    const nats = yield* Nats.scoped;
    const url = yield* Effect.promise(() => postgres.createDatabase());
    const env = { DATABASE_URL: url, NATS_URL: nats.url, ...Calm.play(ordeal, ordeal.speed) };
    const witness = yield* Witness.scoped;
    return yield* Effect.gen(function* () {
      yield* Fleet.launch(agents, Recording.wishOf);
      const company = yield* Effect.acquireRelease(
        Effect.promise(() => Company.hire(staff, env)),
        (hired) => Effect.promise(() => hired.destroy()),
      );
      const database = new URL(url).pathname.slice(1);
      const recoveries = yield* during(ordeal, { company, postgres, nats, database }, witness);
      const ended = yield* Effect.promise(() => company.dismiss([], () => Promise.resolve()));
      const seconds = (performance.now() - beganAt) / 1000;
      const verdict = yield* Verdict.of(env, witness, yield* calm);
      return { recoveries, acknowledged: witness.acknowledged(), verdict, ended, seconds };
    }).pipe(Effect.provide(Fleet.record(env)), Effect.orDie);
  }).pipe(Effect.scoped);
