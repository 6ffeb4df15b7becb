import type { Bar } from "../../Bar.ts";
import * as Bars from "../Bars.ts";
import { Broken } from "../Broken.ts";
import type { Input } from "../Input.ts";
import { difference } from "../Plain.ts";
import type { Subject } from "../Subject.ts";
import { advance, begin, firstDifference, trace } from "../Subject.ts";

/** Twice alone, then side by side with another symbol and with another agent: always the same decisions. */
export const check = (subject: Subject, { bars }: Input): void => {
  const once = trace(subject, bars);
  const twice = trace(subject, bars);
  const again = firstDifference(once.decisions, twice.decisions);
  if (again !== undefined) {
    throw new Broken(
      "purity",
      `asked twice about the same bars it gave two answers (bar ${again.index}: ${again.what}). Something outside of params, state and bar takes part: a clock, dice, or a variable that outlives the call. Keep all of it in the state`,
    );
  }
  const states = difference(once.state, twice.state);
  if (states !== undefined) {
    throw new Broken(
      "purity",
      `the same bars led to two states (${states}). Something outside of params, state and bar takes part; keep all of it in the state`,
    );
  }
  const others = [
    ["a second symbol", Bars.companion(bars)],
    ["another agent of the same symbol", Bars.twin(bars)],
  ] as const;
  for (const [what, series] of others) {
    const crossed = firstDifference(once.decisions, interleaved(subject, bars, series));
    if (crossed === undefined) continue;
    throw new Broken(
      "purity",
      `beside ${what} its decisions change (bar ${crossed.index}: ${crossed.what}). It remembers bars in a variable of its own, which all symbols and agents share; put that into the state`,
    );
  }
};

/** Decisions on `bars` while the same strategy object also serves `others`, bar by bar. */
const interleaved = (subject: Subject, bars: ReadonlyArray<Bar>, others: ReadonlyArray<Bar>) => {
  let state = begin(subject);
  let otherState = begin(subject);
  return bars.map((bar, index) => {
    const other = others[index];
    if (other !== undefined) [otherState] = advance(subject, otherState, other, index);
    const [next, decision] = advance(subject, state, bar, index);
    state = next;
    return decision;
  });
};
