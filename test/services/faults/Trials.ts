import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Database, Journal } from "@strom/core/ports";
import { Effect } from "effect";
import type * as Nats from "../../servers/Nats.ts";
import type * as Postgres from "../../servers/Postgres.ts";
import type * as Company from "./Company.ts";
import * as Poison from "./Poison.ts";

/** Where a trial takes place. */
export interface Place {
  readonly company: Company.Company;
  readonly postgres: Postgres.Server;
  readonly nats: Nats.Server;
  readonly database: string;
}

/** Something that is done to the system while it works. */
export interface Trial {
  readonly name: string;
  readonly kills: ReadonlyArray<Company.Kind>;
  /** True when it is over as soon as it has begun, so that recovery counts from there; else it counts from its end. */
  readonly isInstant: boolean;
  readonly strike: (place: Place) => Effect.Effect<void, unknown, Journal | Database>;
}

/** Longer than the lock of a shard, a lock timeout, an idle transaction, and two pings of the broker. */
const FROZEN_MS = 17_000;
const FROZEN = `for ${FROZEN_MS / 1000} s`;
/** A wrong clock is looked at this long, so that whoever goes by it has acted on it. */
const WRONG_CLOCK_MS = 1_500;

const promise = (deed: () => Promise<unknown>) => Effect.asVoid(Effect.promise(deed));
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const trial = (name: string, strike: (place: Place) => Promise<unknown>): Trial => ({
  name,
  kills: [],
  isInstant: false,
  strike: (place) => promise(() => strike(place)),
});

/** SIGKILL to one of each kind at once, and started again. */
export const kill = (...kinds: ReadonlyArray<Company.Kind>): Trial => ({
  name: `kill -9 of ${kinds.join(" and ")}`,
  kills: kinds,
  isInstant: true,
  strike: ({ company }) => promise(() => Promise.all(kinds.map(company.kill))),
});

export const freeze = (kind: Company.Kind): Trial =>
  trial(`SIGSTOP of ${kind} ${FROZEN}`, ({ company }) => company.freeze(kind, FROZEN_MS));

/** The clock of a kind so far ahead, then as far behind, then right. */
export const clockJumps = (kind: Company.Kind, seconds: number): Trial =>
  trial(`clock of ${kind} jumps by ${seconds} s`, async ({ company }) => {
    for (const aheadMs of [seconds * 1000, -seconds * 1000, 0]) {
      company.setClock(kind, aheadMs);
      await sleep(WRONG_CLOCK_MS);
    }
  });

export const brokerKilled = trial("kill -9 of the broker", async ({ nats }) => {
  await nats.kill();
  await nats.restart();
});
export const brokerRestarted = trial("broker restarted", ({ nats }) => nats.restart());
export const brokerFrozen = trial(`SIGSTOP of the broker ${FROZEN}`, async ({ nats }) => {
  nats.pause();
  await sleep(FROZEN_MS);
  nats.resume();
});

const wipe = async ({ nats }: Place): Promise<void> => {
  await nats.kill();
  nats.wipeStore();
  await nats.restart();
};
export const brokerWiped = trial("broker's store wiped", wipe);

/** The messages go back to an earlier day, what the consumers remember does not: the measured trap. */
export const brokerRolledBack = trial("broker's store rolled back", async ({ nats }) => {
  const backup = `${nats.storeFolder}.old`;
  const messages = join("jetstream", "$G", "streams", "STROM", "msgs");
  await nats.stop();
  rmSync(backup, { recursive: true, force: true });
  cpSync(nats.storeFolder, backup, { recursive: true });
  await nats.restart();
  await sleep(3_000);
  await nats.stop();
  rmSync(join(nats.storeFolder, messages), { recursive: true, force: true });
  cpSync(join(backup, messages), join(nats.storeFolder, messages), { recursive: true });
  await nats.restart();
});

/** The worst day: every process killed at once, and the broker's store gone when they come back. */
export const everything = (staff: ReadonlyArray<Company.Kind>): Trial => ({
  ...trial("kill -9 of everything at once, broker's store wiped", (place) =>
    place.company.killAll(() => wipe(place)),
  ),
  isInstant: true,
  kills: staff,
});

export const postgresRestarted = trial("Postgres restarted", ({ postgres }) => postgres.restart());
export const postgresKilled = trial("kill -9 of Postgres", async ({ postgres }) => {
  await postgres.kill();
  await postgres.restart();
});
export const postgresFrozen = trial(`SIGSTOP of Postgres ${FROZEN}`, async ({ postgres }) => {
  postgres.pause();
  await sleep(FROZEN_MS);
  postgres.resume();
});
export const connectionsCut = trial("every connection cut, five times", async ({ postgres, database }) => {
  for (let n = 0; n < 5; n++) {
    await postgres.execute(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}' and pid <> pg_backend_pid()`,
    );
    await sleep(200);
  }
});

/** Puts so many events into the journal that no stage can process. */
export const poison = (from: number, count: number): Trial => ({
  name: `${count} poisoned events`,
  kills: [],
  isInstant: true,
  strike: () => Poison.ofStrangers(from, count),
});
