import * as Table from "@strom/apps/cli/Table.ts";
import type { Recovery } from "../faults/Ordeal.ts";
import type { Outcome } from "./Part.ts";

/** What the long run says at its end. */

export interface Done {
  readonly name: string;
  readonly outcome: Outcome;
}

/** How often something was done, and how long until everything worked again, in ms. */
export interface Line {
  readonly what: string;
  readonly times: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** The smallest value that so large a share of them does not exceed. */
const quantile = (sorted: ReadonlyArray<number>, share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;

/** What kills more than so many has a line of its own too. */
const KINDS_FEW = 3;

/** By kind of process for what was killed, else by what was done. A trial that killed several counts for each. */
export const lines = (recoveries: ReadonlyArray<Recovery>): ReadonlyArray<Line> => {
  const found = new Map<string, Array<number>>();
  for (const { name, kills, ms } of recoveries) {
    const kinds = [...new Set(kills)].map((kind) => `kill -9 of ${kind}`);
    const whats = kills.length === 0 || kills.length > KINDS_FEW ? [...kinds, name] : kinds;
    for (const what of whats) found.set(what, [...(found.get(what) ?? []), ms]);
  }
  return [...found].map(([what, times]) => {
    const sorted = times.sort((a, b) => a - b);
    const [p50, p99, max] = [quantile(sorted, 0.5), quantile(sorted, 0.99), sorted.at(-1) ?? 0];
    return { what, times: sorted.length, p50, p99, max };
  });
};

/** Kills of processes of ours, each counted. */
export const kills = (recoveries: ReadonlyArray<Recovery>): number =>
  recoveries.reduce((sum, { kills }) => sum + kills.length, 0);

/** With no failure in n, the rate is below 3/n with 95 % confidence: (1 - 3/n)^n is about e^-3, one in twenty. */
export const bound = (times: number): number => 3 / times;

const seconds = (ms: number): string => (ms / 1000).toFixed(1);

/** At most so many of the failures of a part are shown. */
const SHOWN = 20;

export const text = (done: ReadonlyArray<Done>): ReadonlyArray<string> => {
  const recoveries = done.flatMap(({ outcome }) => outcome.recoveries);
  const failures = done.flatMap(({ name, outcome }) =>
    outcome.failures.map((failure) => ({ name, failure })),
  );
  const count = kills(recoveries);
  const parts = Table.lines(
    [
      ["part", "seconds", "acknowledged", "lost", "doubled", "failures", ""],
      ...done.map(({ name, outcome }) => [
        name,
        outcome.seconds.toFixed(0),
        String(outcome.acknowledged),
        String(outcome.lost),
        String(outcome.doubled),
        String(outcome.failures.length),
        outcome.did,
      ]),
    ],
    ["left", "right", "right", "right", "right", "right", "left"],
  );
  const trials = Table.lines(
    [
      ["recovery", "times", "p50 s", "p99 s", "max s"],
      ...lines(recoveries).map(({ what, times, p50, p99, max }) => [
        what,
        String(times),
        seconds(p50),
        seconds(p99),
        seconds(max),
      ]),
    ],
    ["left", "right", "right", "right", "right"],
  );
  return [
    ...parts,
    ...(recoveries.length === 0 ? [] : ["", ...trials]),
    ...(count === 0 || failures.length > 0
      ? []
      : [
          "",
          `no failure in ${count} kills: with 95 % confidence fewer than 3/${count} = ${(100 * bound(count)).toFixed(2)} % of kills do harm`,
        ]),
    ...(failures.length === 0 ? [] : ["", `${failures.length} failures, the first of them:`]),
    ...failures.slice(0, SHOWN).map(({ name, failure }) => `  ${name}: ${failure.slice(0, 600)}`),
  ];
};
