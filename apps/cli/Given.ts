import { Option } from "effect";
import { Flag } from "effect/cli";

/** Flags whose value is looked at before anything is done: a wrong one is told by its name, and what would be right. */

export interface Range {
  /** Without it, the smallest safe integer. */
  readonly from?: number;
  /** Without it, the largest safe integer. */
  readonly to?: number;
}

const right = ({ from, to }: Range): string =>
  `a whole number${from === undefined ? "" : ` from ${from}`}${to === undefined ? "" : ` to ${to}`}`;

/** A whole number within a range. Digits are read here: the number of `Flag.Int` is gone where a message needs it. */
export const whole = (name: string, range: Range, description: string): Flag.Flag<number> => {
  const { from = Number.MIN_SAFE_INTEGER, to = Number.MAX_SAFE_INTEGER } = range;
  return Flag.String(name).pipe(
    Flag.withMetavar("integer"),
    Flag.withDescription(description),
    Flag.filterMap(
      (text) => {
        const value = /^[+-]?\d{1,16}$/.test(text.trim()) ? Number(text) : Number.NaN;
        return value >= from && value <= to ? Option.some(value) : Option.none();
      },
      () => right(range),
    ),
  );
};

/** A text that is not empty, as a shell makes of a variable that is not set. `needed` says what it should be. */
export const text = (
  name: string,
  needed: string,
  isRight: (text: string) => boolean = () => true,
): Flag.Flag<string> =>
  Flag.String(name).pipe(
    Flag.filter(
      (given) => given.trim() !== "" && isRight(given),
      () => needed,
    ),
  );
