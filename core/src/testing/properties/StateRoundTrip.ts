import * as Bars from "../Bars.ts";
import { Broken } from "../Broken.ts";
import type { Input } from "../Input.ts";
import { deepFreeze, difference } from "../Plain.ts";
import type { Subject } from "../Subject.ts";
import { firstDifference, trace } from "../Subject.ts";

/** Stopped at the cut, its state written as JSON and read back, it goes on as if never stopped. */
export const check = (subject: Subject, { bars, cut }: Input): void => {
  const whole = trace(subject, bars);
  const before = trace(subject, bars.slice(0, cut));
  const restored: unknown = deepFreeze(JSON.parse(JSON.stringify(before.state)));
  const lost = difference(before.state, restored);
  if (lost !== undefined) {
    throw new Broken(
      "state round-trip",
      `the state after ${cut} bars is not the same once written as JSON and read back (${lost}); keep plain JSON only`,
    );
  }
  // Other agents use the same strategy meanwhile, of another symbol and of this one, as in a process that restarts.
  trace(subject, Bars.companion(bars));
  trace(subject, Bars.twin(bars));
  const after = trace(subject, bars.slice(cut), restored);
  const found = firstDifference(whole.decisions.slice(cut), after.decisions);
  if (found === undefined) return;
  throw new Broken(
    "state round-trip",
    `restored from its state after ${cut} bars it goes on differently (bar ${cut + found.index}: ${found.what}). It needs something that is not in the state; a restarted agent would have forgotten it`,
  );
};
