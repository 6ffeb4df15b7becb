import { availableParallelism } from "node:os";
import { Pool } from "@strom/core/threads";
import { Effect } from "effect";
import * as Folder from "../../servers/Folder.ts";
import * as Calm from "../faults/Calm.ts";
import type * as Company from "../faults/Company.ts";
import * as Live from "../faults/Live.ts";
import * as Ordeal from "../faults/Ordeal.ts";
import * as Scenes from "../faults/Scenes.ts";
import * as Trials from "../faults/Trials.ts";
import * as Fuzz from "../fuzz/Fuzz.ts";
import * as Keys from "../fuzz/Keys.ts";
import type { Outcome, Part } from "./Part.ts";
import { ofReport, ofSuite } from "./Part.ts";
import type * as Seeds from "./Seeds.ts";

const AGENTS = 12;
/** Slots for each trial of the servers at their speed, a quarter of a second a slot: some go on for 17 s. */
const SLOTS_EACH = 40;
/** Slots for each dose of poison, which is over at once. */
const SLOTS_A_DOSE = 15;

/** A recording of so many slots played while these befall its players. */
const play = async (
  minutes: number,
  staff: ReadonlyArray<Company.Kind>,
  trials: ReadonlyArray<Trials.Trial>,
  speed: Calm.Speed,
  tell: (line: string) => void,
): Promise<Outcome> => {
  const folder = Folder.make("torture");
  try {
    const score = { folder, minutes, agents: AGENTS };
    const report = await Effect.runPromise(
      Ordeal.undergo({ ...score, staff, trials, speed, fsync: true, tell }, Calm.embedded(score)),
    );
    return ofReport(report, `${trials.length} trials in ${minutes} slots of ${AGENTS} agents`);
  } finally {
    Folder.remove(folder);
  }
};

const kills: Part = {
  name: "kills",
  about: "kill -9 of each kind of process, --kills times in --ticks slots",
  run: ({ kills, ticks }, tell) =>
    kills === 0 ? null : play(Math.max(ticks, kills), Scenes.everyone, Scenes.kills(kills), "max", tell),
};

const servers: Part = {
  name: "servers",
  about: "the broker and a worker --broker times, Postgres --postgres times: each of what can befall them",
  run: ({ broker, postgres }, tell) => {
    const trials = [...Scenes.zombies(broker), ...Scenes.broker(broker), ...Scenes.postgres(postgres)];
    if (trials.length === 0) return null;
    return play(
      trials.length * SLOTS_EACH,
      ["worker", "worker", "runtime", "risk"],
      trials,
      Scenes.unhurried,
      tell,
    );
  },
};

/** How many poisoned events come at once. */
const DOSE = 50;

const poison: Part = {
  name: "poison",
  about: "--poison events that no stage can process, among ten times as many",
  run: ({ poison: count }, tell) => {
    if (count === 0) return null;
    const doses = Array.from({ length: Math.ceil(count / DOSE) }, (_, index) =>
      Trials.poison(index * DOSE, Math.min(DOSE, count - index * DOSE)),
    );
    // An agent is run nine slots in twelve, and each run is at least a tick and a run in the journal.
    const slots = Math.ceil((10 * count) / (2 * 0.75 * AGENTS));
    return play(Math.max(slots, doses.length * SLOTS_A_DOSE), ["worker", "worker"], doses, "max", tell);
  },
};

const clocks: Part = {
  name: "clocks",
  about:
    "live: scheduler and market killed --kills times, the scheduler frozen and its clock set wrong --clocks times",
  run: ({ kills, clocks }, tell) => {
    const trials = Scenes.timekeepers(clocks === 0 ? 0 : kills, clocks);
    if (trials.length === 0) return null;
    return Effect.runPromise(Live.undergo({ agents: AGENTS, trials, fsync: true, tell })).then((report) =>
      ofReport(report, `${trials.length} trials, ${AGENTS} agents by the machine's clock`),
    );
  },
};

const SIMULATED_TICKS = 200;
const TELL_EVERY = 100;

const simulations: Part = {
  name: "simulations",
  about:
    "--simulations seeds, the first of which is --from, of the whole system in one process, 200 ticks each, three times lived",
  run: ({ simulations: count, from }, tell) => {
    if (count === 0) return null;
    const beganAt = performance.now();
    const pool = Pool.open<Seeds.Work, Seeds.Lived>({ script: new URL("./Seeds.ts", import.meta.url) });
    const lived = pool.map({
      work: { from, ticks: SIMULATED_TICKS },
      count,
      batch: 1,
      onDone: (done) => {
        if (done % TELL_EVERY === 0) tell(`${done} seeds lived`);
      },
    });
    const outcome = lived.then((lives) => {
      const struck = lives.reduce((sum, life) => sum + life.struck, 0);
      const failures = lives.flatMap(({ findings }, job) =>
        findings.slice(0, 3).map((finding) => `seed ${from + job}: ${finding}`),
      );
      const did = `seeds ${from} to ${from + count - 1}, ${SIMULATED_TICKS} ticks each; ${struck} faults struck`;
      return ofSuite(did, failures, performance.now() - beganAt);
    });
    return outcome.finally(() => pool.close());
  },
};

const SEED = 42;
/** How much more memory a server may hold at the end than at work. */
const GROWTH_MAX = 0.2;
/** With fewer requests a server is still warming up where growth is counted from. */
const GROWTH_FROM = 100_000;

const http: Part = {
  name: "http",
  about: "--http requests drawn from the OpenAPI document, right and wrong",
  run: ({ http: requests }) =>
    requests === 0
      ? null
      : Fuzz.run({ requests, seed: SEED }).then((report) => {
          const growth = `memory grew by ${(100 * report.memory.growth).toFixed(1)} %`;
          const did = `${report.requests} requests, seed ${SEED}; ${growth}`;
          const isLeaking = requests >= GROWTH_FROM && report.memory.growth > GROWTH_MAX;
          return ofSuite(did, [...Fuzz.complaints(report), ...(isLeaking ? [growth] : [])], report.tookMs);
        }),
};

const AT_ONCE = 50;

const keys: Part = {
  name: "keys",
  about: `--keys idempotency keys, each used ${AT_ONCE} times at once`,
  run: ({ keys: count }) =>
    count === 0
      ? null
      : Keys.run({ keys: count, atOnce: AT_ONCE }).then(({ answered, faults, tookMs }) =>
          ofSuite(`${count} keys, ${answered} answers`, faults, tookMs),
        ),
};

export const all: ReadonlyArray<Part> = [kills, servers, poison, clocks, http, keys, simulations];

/** What it was measured on. */
export const machine = (): string =>
  `Node ${process.version}, ${process.platform} ${process.arch}, ${availableParallelism()} processors`;
