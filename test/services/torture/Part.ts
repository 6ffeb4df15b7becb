import type * as Ordeal from "../faults/Ordeal.ts";
import * as Verdict from "../faults/Verdict.ts";

/** A part of the long run: something that is done to the system so many times. */
export interface Part {
  readonly name: string;
  readonly about: string;
  /** Null when nothing of it is asked for. `tell` is told how it goes. */
  readonly run: (counts: Counts, tell: (line: string) => void) => Promise<Outcome> | null;
}

/** How often everything is done. Zero leaves it out. */
export interface Counts {
  readonly kills: number;
  readonly ticks: number;
  readonly broker: number;
  readonly postgres: number;
  readonly clocks: number;
  readonly poison: number;
  readonly simulations: number;
  /** The first of their seeds. */
  readonly from: number;
  readonly http: number;
  readonly keys: number;
}

export interface Outcome {
  /** One line on what was done, with its counts. */
  readonly did: string;
  readonly recoveries: ReadonlyArray<Ordeal.Recovery>;
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  /** Everything that is wrong, losses and doubles included, as sentences. */
  readonly failures: ReadonlyArray<string>;
  readonly seconds: number;
}

/** What a life of real processes came to. */
export const ofReport = (
  { recoveries, acknowledged, verdict, ended, seconds }: Ordeal.Report,
  did: string,
): Outcome => {
  const { runs, trades, prices } = acknowledged;
  return {
    did: `${did}; ${runs} runs, ${trades} trades and ${prices} prices acknowledged`,
    recoveries,
    acknowledged: runs + trades + prices,
    lost: new Set([...verdict.lost, ...verdict.missing]).size,
    doubled: new Set([...verdict.doubled, ...verdict.extra]).size,
    failures: [...Verdict.findings(verdict), ...ended],
    seconds,
  };
};

/** What a suite came to that nothing is acknowledged in. */
export const ofSuite = (did: string, failures: ReadonlyArray<string>, tookMs: number): Outcome => ({
  did,
  recoveries: [],
  acknowledged: 0,
  lost: 0,
  doubled: 0,
  failures,
  seconds: tookMs / 1000,
});
