import type { Bar } from "../../Bar.ts";
import type { Decision } from "../../Strategy.ts";
import * as Bars from "../Bars.ts";
import { Broken } from "../Broken.ts";
import type { Input } from "../Input.ts";
import type { Subject } from "../Subject.ts";
import { said, trace, warmup } from "../Subject.ts";

/** Silent on its first `warmup` bars; later, older history moves a decision by no more than `tolerance`. */
export const check = (subject: Subject, input: Input): void => {
  const { bars, cut } = input;
  const silent = warmup(subject);
  const long = trace(subject, bars).decisions;
  const early = long.slice(0, silent).findIndex((decision) => decision !== null);
  if (early >= 0) {
    throw new Broken(
      "warm-up",
      `it speaks on bar ${early} (${said(long[early])}), although warmup asks for ${silent} bars first. Stay silent until the state has seen that many, or lower warmup`,
    );
  }
  const short = trace(subject, bars.slice(cut)).decisions;
  const size = largest([...long, ...short]);
  for (let i = cut + silent; i < bars.length; i++) {
    compare(subject, input, i, long[i] ?? null, short[i - cut] ?? null, size);
  }
};

/** The largest magnitude each feature has in these decisions: what a relative difference is relative to. */
const largest = (decisions: ReadonlyArray<Decision | null>): ReadonlyMap<string, number> => {
  const sizes = new Map<string, number>();
  for (const decision of decisions) {
    for (const [name, value] of Object.entries(decision?.features ?? {})) {
      sizes.set(name, Math.max(sizes.get(name) ?? 0, Math.abs(value)));
    }
  }
  return sizes;
};

/** Sums in another order differ in their last bits; nobody should have to declare that. */
const ROUNDING = 1e-9;

const compare = (
  subject: Subject,
  { bars, cut }: Input,
  index: number,
  long: Decision | null,
  short: Decision | null,
  size: ReadonlyMap<string, number>,
): void => {
  // Where only one of them speaks there is nothing to measure: a position held since long ago may silence it.
  if (long === null || short === null) return;
  if (long.side !== short.side) {
    throw new Broken(
      "warm-up",
      `on bar ${index} it says ${said(long)} with ${cut} more bars of history and ${said(short)} without. A longer warmup lets old history fade`,
    );
  }
  const allowed = subject.strategy.tolerance + ROUNDING;
  for (const [name, value] of Object.entries(long.features)) {
    const other = short.features[name];
    if (other === undefined) continue;
    const apart = Math.abs(value - other);
    const relative = apart / Math.max(size.get(name) ?? 0, Number.MIN_VALUE);
    if (relative <= allowed || apart <= allowed * noise(subject, bars, index, name, value)) continue;
    throw new Broken(
      "warm-up",
      `on bar ${index} its feature ${name} is ${value} with ${cut} more bars of history and ${other} without: ${percent(relative)} apart, where tolerance allows ${percent(subject.strategy.tolerance)}. Ask for a longer warmup, or declare the tolerance an average that remembers needs`,
    );
  }
};

/**
 * A difference of two prices, such as a MACD, comes near zero and has no size of its own to be relative to.
 * A feature that grows with all prices is in units of price: it is measured against the
 * largest move of the history, so that tolerance is how much of an old move may still echo. For any other there is no such allowance, and this is 0.
 */
const noise = (
  subject: Subject,
  bars: ReadonlyArray<Bar>,
  index: number,
  name: string,
  value: number,
): number => {
  const upTo = bars.slice(0, index + 1);
  const factor = Bars.scaleRoom(upTo);
  const scaled = trace(subject, Bars.scale(upTo, factor)).decisions[index]?.features[name] ?? 0;
  // Features are rounded, so it will not be the factor exactly; one that is no price would not move at all.
  if (Math.abs(scaled) < (Math.abs(value) * factor) / 2) return 0;
  return upTo.reduce((largest, bar) => Math.max(largest, bar.high - bar.low), 0);
};

const percent = (ratio: number): string => `${Math.ceil(ratio * 100_000) / 1000} %`;
