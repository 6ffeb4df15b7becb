import type { Bar } from "../../Bar.ts";
import { Broken } from "../Broken.ts";
import type { Input } from "../Input.ts";
import type { Subject, Trace } from "../Subject.ts";
import { firstDifference, trace } from "../Subject.ts";

/** The first bars alone give the first decisions of the whole. */
export const check = (subject: Subject, input: Input): void => {
  const { bars, cut } = input;
  const whole = trace(subject, bars);
  const prefix = bars.slice(0, cut);
  const alone = withoutFuture(input, () => attempt(subject, prefix, cut));
  const found = firstDifference(whole.decisions, alone.decisions, cut);
  if (found === undefined) return;
  throw new Broken(
    "prefix invariance",
    `with ${bars.length} bars to come its decisions differ from those with only ${cut} (bar ${found.index}: ${found.what}). It looks ahead, or remembers an earlier run: a decision may use its own bar and its state, never an array or a cache beside them`,
  );
};

const attempt = (subject: Subject, prefix: ReadonlyArray<Bar>, cut: number): Trace => {
  try {
    return trace(subject, prefix);
  } catch (cause) {
    if (!(cause instanceof Broken)) throw cause;
    throw new Broken(
      "prefix invariance",
      `with only the first ${cut} bars in existence it breaks (${cause.sentence}). It reads bars that it has not been given yet`,
    );
  }
};

/** Where the bars are the author's own array, its future is taken out of the array for the time being. */
const withoutFuture = <A>({ own, cut }: Input, body: () => A): A => {
  if (own === undefined || Object.isFrozen(own.array)) return body();
  const future = own.array.splice(own.start + cut);
  try {
    return body();
  } finally {
    own.array.push(...future);
  }
};
