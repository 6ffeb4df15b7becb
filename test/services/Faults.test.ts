import { assert, it } from "@effect/vitest";
import { Effect } from "effect";
import { afterAll, beforeAll } from "vitest";
import * as Folder from "../servers/Folder.ts";
import { requires } from "../servers/Needs.ts";
import type * as Books from "./Books.ts";
import * as Calm from "./faults/Calm.ts";
import * as Company from "./faults/Company.ts";
import * as Live from "./faults/Live.ts";
import * as Ordeal from "./faults/Ordeal.ts";
import * as Scenes from "./faults/Scenes.ts";
import * as Trials from "./faults/Trials.ts";
import * as Verdict from "./faults/Verdict.ts";

/** Slots in which each kind of process is killed, and those in which the servers are tried, four a second. */
const SLOTS = 500;
const UNHURRIED = 520;
const AGENTS = 12;
const KILLS_EACH = 3;
const POISONED = 100;

requires(["postgres", "nats"], "real processes over real servers", () => {
  let folder = "";
  const calm = new Map<number, Promise<Books.Books>>();
  beforeAll(() => {
    folder = Folder.make("faults");
    for (const minutes of [SLOTS, UNHURRIED]) {
      calm.set(minutes, Effect.runPromise(Calm.embedded({ folder, minutes, agents: AGENTS })));
    }
  });
  afterAll(() => Folder.remove(folder));

  /** Nothing found, and everything that befell them was over in time. */
  const judge = (
    { recoveries, acknowledged, verdict, ended, seconds }: Ordeal.Report,
    told: ReadonlyArray<string>,
  ) => {
    console.log(
      [...told, `${recoveries.length} trials in ${seconds.toFixed(0)} s; ${verdict.verified}`].join("\n"),
    );
    assert.deepStrictEqual(Verdict.findings(verdict).slice(0, 5), []);
    assert.deepStrictEqual(ended, [], "processes that did not end in order");
    for (const { name, ms } of recoveries) assert.isBelow(ms, Ordeal.RECOVERY_MS, name);
    // Something was traded meanwhile. How much a live market gives in a minute is chance; 14 were seen.
    assert.isAbove(acknowledged.trades, 5);
  };

  const undergo = async (
    minutes: number,
    staff: ReadonlyArray<Company.Kind>,
    trials: ReadonlyArray<Trials.Trial>,
    speed: Calm.Speed,
  ) => {
    const told: Array<string> = [];
    const tell = (line: string): void => void told.push(line);
    const report = await Effect.runPromise(
      Ordeal.undergo(
        { folder, minutes, agents: AGENTS, staff, trials, speed, fsync: false, tell },
        Effect.promise(async () => (await calm.get(minutes)) ?? {}),
      ),
    ).finally(() => told.length > 0 && console.log(`until then: ${told.at(-1)}`));
    judge(report, told);
    return report;
  };

  // They wait more than they work, so they wait together.
  it.concurrent(`each kind of process is killed ${KILLS_EACH} times in ${SLOTS} slots: nothing lost, nothing filled twice`, async () => {
    const { recoveries, acknowledged } = await undergo(
      SLOTS,
      Scenes.everyone,
      Scenes.kills(KILLS_EACH),
      "max",
    );
    for (const kind of Company.kinds) {
      const kills = recoveries.flatMap(({ kills }) => kills).filter((one) => one === kind);
      assert.isAtLeast(kills.length, KILLS_EACH, kind);
    }
    assert.isAbove(acknowledged.prices, 20, "prices the API acknowledged");
  }, 600_000);

  it.concurrent("the broker is killed, restarted, frozen, rolled back and wiped, Postgres restarted, killed, frozen and cut off, a worker frozen, events poisoned", async () => {
    const { verdict } = await undergo(
      UNHURRIED,
      ["worker", "worker", "runtime", "risk"],
      [
        ...Scenes.zombies(1),
        Trials.poison(0, POISONED / 2),
        ...Scenes.broker(1),
        Trials.poison(POISONED / 2, POISONED / 2),
        ...Scenes.postgres(1),
      ],
      Scenes.unhurried,
    );
    assert.strictEqual(verdict.deadLetters, POISONED);
  }, 600_000);

  it.concurrent("live, whoever keeps the time is killed, frozen and given a wrong clock: every slot is ticked or counted, and a poisoned agent falls alone", async () => {
    const told: Array<string> = [];
    const trials = Scenes.timekeepers(KILLS_EACH, 1);
    const tell = (line: string): void => void told.push(line);
    judge(await Effect.runPromise(Live.undergo({ agents: AGENTS, trials, fsync: false, tell })), told);
  }, 600_000);
});
