import * as Columns from "../../Columns.ts";
import type { Decision } from "../../Strategy.ts";
import { Broken } from "../Broken.ts";
import type { Input } from "../Input.ts";
import { deepFreeze, difference } from "../Plain.ts";
import type { Subject } from "../Subject.ts";
import { begin, firstDifference, trace } from "../Subject.ts";

/** `scan` over the columns is `step` over the bars, decision by decision, and ends in the same state. */
export const check = (subject: Subject, { bars }: Input): void => {
  const columns = Columns.fromBars(bars[0]?.symbol ?? "TEST", bars);
  const stepped = trace(
    subject,
    bars.map((_, index) => Columns.bar(columns, index)),
  );
  const scanned = scan(subject, columns);
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

const scan = (subject: Subject, columns: Columns.Columns) => {
  const decisions: Array<Decision | null> = Array.from({ length: columns.length }, () => null);
  let state = begin(subject);
  let from = 0;
  while (from < columns.length) {
    const stop = subject.traps.watch(() =>
      subject.strategy.scan(subject.params, state, columns, from, columns.length),
    );
    if (!Number.isInteger(stop.index) || stop.index < from || stop.index > columns.length) {
      throw new Broken(
        "scan",
        `scan from bar ${from} stopped at ${stop.index}, outside of ${from}..${columns.length}`,
      );
    }
    state = deepFreeze(stop.state);
    if (stop.decision !== null) decisions[stop.index] = stop.decision;
    from = stop.index + 1;
  }
  return { decisions, state };
};
