import type { Decision } from "../../Strategy.ts";
import * as Bars from "../Bars.ts";
import { Broken } from "../Broken.ts";
import type { Input } from "../Input.ts";
import type { Subject } from "../Subject.ts";
import { firstDifference, trace } from "../Subject.ts";

/** Features may be prices and follow the scale; side, confidence and rule may not. */
const bare = (decision: Decision | null): Decision | null => decision && { ...decision, features: {} };

/** All prices times a power of two: the same decisions. */
export const check = (subject: Subject, { bars }: Input): void => {
  const factor = Bars.scaleRoom(bars);
  if (factor === 1) return;
  const plain = trace(subject, bars).decisions.map(bare);
  const scaled = trace(subject, Bars.scale(bars, factor)).decisions.map(bare);
  const found = firstDifference(plain, scaled);
  if (found === undefined) return;
  throw new Broken(
    "scale",
    `with all prices times ${factor} its decisions change (bar ${found.index}: ${found.what}), although it declares scaleFree. Compare ratios instead of amounts (a threshold in currency is the usual reason), or leave scaleFree out`,
  );
};
