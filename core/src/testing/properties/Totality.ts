import type { Input } from "../Input.ts";
import type { Subject } from "../Subject.ts";
import { trace, warmup } from "../Subject.ts";

/** Every step of a trace checks its own outcome; walking a hostile series is the whole property. */
export const check = (subject: Subject, { bars }: Input): void => {
  warmup(subject);
  trace(subject, bars);
};
