import * as Columns from "../../Columns.ts";
import type { Decision, Scan } from "../../Strategy.ts";
import { Broken } from "../Broken.ts";
import type { Input } from "../Input.ts";
import { deepFreeze, difference } from "../Plain.ts";
import type { Subject } from "../Subject.ts";
import { begin, firstDifference, trace } from "../Subject.ts";

/** `scan` over the columns is `step` over the bars, decision by decision, and ends in the same state. */
export const check = (subject: Subject, { bars, cut }: Input): void => {
  const columns = Columns.fromBars(bars[0]?.symbol ?? "TEST", bars);
  const stepped = trace(
    subject,
    bars.map((_, index) => Columns.bar(columns, index)),
  );
  const scanned = scan(subject, columns, cut);
  const found = firstDifference(stepped.decisions, scanned.decisions);
  if (found !== undefined) {
    throw new Broken(
      "scan",
      `step and scan disagree (bar ${found.index}: ${found.what}). A backtest uses scan, a live agent step; leave scan out unless it is needed for speed`,
    );
  }
  const states = difference(stepped.state, scanned.state);
  if (states === undefined) return;
  throw new Broken("scan", `step and scan end in different states (${states})`);
};

/** As a backtest does: to the bar where it is cut, as if the rest were not there yet, and then on. */
const scan = (subject: Subject, columns: Columns.Columns, cut: number) => {
  const decisions: Array<Decision | null> = Array.from({ length: columns.length }, () => null);
  let state = begin(subject);
  let from = 0;
  for (const to of [cut, columns.length]) {
    while (from < to) {
      const { strategy, params, traps } = subject;
      const stop = traps.watch(() => strategy.scan(params, state, columns, from, to));
      const problem = misplaced(stop, from, to);
      if (problem !== undefined) {
        throw new Broken("scan", `scan from bar ${from} to ${to} stopped at ${stop.index}, ${problem}`);
      }
      state = deepFreeze(stop.state);
      if (stop.decision !== null) decisions[stop.index] = stop.decision;
      from = stop.decision === null ? to : stop.index + 1;
    }
  }
  return { decisions, state };
};

/** A decision is of a bar it was given; without one it has looked at all of them. */
const misplaced = ({ index, decision }: Scan<unknown>, from: number, to: number): string | undefined => {
  const isInside = Number.isInteger(index) && index >= from && index <= to;
  if (!isInside) return `outside of ${from}..${to}; it may look at no bar from ${to} on`;
  if (decision !== null) return index < to ? undefined : "which it may not look at, with a decision";
  return index === to ? undefined : `without a decision; it goes on to ${to}`;
};
