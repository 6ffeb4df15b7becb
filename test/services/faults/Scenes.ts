import type * as Company from "./Company.ts";
import * as Trials from "./Trials.ts";

/** What befalls whom, in which order and how often. */

const repeat = <A>(times: number, round: (index: number) => ReadonlyArray<A>): ReadonlyArray<A> =>
  Array.from({ length: times }, (_, index) => round(index)).flat();

/** A process a role, and two that play every role beside them. */
export const everyone: ReadonlyArray<Company.Kind> = [
  "api",
  "scheduler",
  "market",
  "runtime",
  "risk",
  "execution",
  "worker",
  "worker",
];

/** So many rounds, in each of which every kind is killed: one or two at a time; in each tenth and the last all at once. */
export const kills = (rounds: number): ReadonlyArray<Trials.Trial> =>
  repeat(rounds, (index) =>
    index === rounds - 1 || index % 10 === 9
      ? [Trials.everything(everyone)]
      : [
          Trials.kill("runtime", "market"),
          Trials.kill("risk", "worker"),
          Trials.kill("execution", "scheduler", "api"),
        ],
  );

/** Four slots of a minute a second: trials that go on for long meet a recording that is not over before them. */
export const unhurried = 240;

const HOUR_SECONDS = 3600;

/** Each so often. */
export const broker = (times: number): ReadonlyArray<Trials.Trial> =>
  repeat(times, () => [
    Trials.brokerKilled,
    Trials.brokerRestarted,
    Trials.brokerRolledBack,
    Trials.brokerWiped,
    Trials.brokerFrozen,
  ]);

/** Each so often. */
export const postgres = (times: number): ReadonlyArray<Trials.Trial> =>
  repeat(times, () => [
    Trials.connectionsCut,
    Trials.postgresRestarted,
    Trials.postgresKilled,
    Trials.postgresFrozen,
  ]);

/** Whoever is frozen believes on waking up that all is still theirs; whose clock is wrong may believe anything. */
export const zombies = (times: number): ReadonlyArray<Trials.Trial> =>
  repeat(times, () => [Trials.freeze("worker"), Trials.clockJumps("worker", HOUR_SECONDS)]);

/** For agents that live by the clock: scheduler and market killed so often, frozen and given a wrong clock so often. */
export const timekeepers = (kills: number, jumps: number): ReadonlyArray<Trials.Trial> => [
  ...repeat(kills, () => [Trials.kill("scheduler", "market")]),
  ...repeat(jumps, () => [Trials.clockJumps("scheduler", HOUR_SECONDS), Trials.freeze("scheduler")]),
];
