/** The files `strom new-strategy` writes: a strategy that keeps every promise, and the test that says so. */

export interface Names {
  /** `opening-range` */
  readonly file: string;
  /** `opening_range` */
  readonly key: string;
  /** `OpeningRange` */
  readonly identifier: string;
  /** `Opening range` */
  readonly title: string;
}

/** The names of a strategy in every spelling; null for what cannot be one. */
export const namesOf = (name: string): Names | null => {
  if (!/^[A-Za-z][A-Za-z0-9 _-]{0,59}$/.test(name)) return null;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .split(/[ _-]+/)
    .filter((word) => word !== "")
    .map((word) => word.toLowerCase());
  const title = words.join(" ");
  return {
    file: words.join("-"),
    key: words.join("_"),
    identifier: words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join(""),
    title: title.slice(0, 1).toUpperCase() + title.slice(1),
  };
};

export const strategy = ({
  key,
  identifier,
  title,
}: Names): string => `import { Params, Strategy } from "@strom/core";
import { Schema } from "effect";

// What a user may set. Defaults, bounds and descriptions show up in the catalog and in the API.
const params = Schema.Struct({
  window: Params.int({ default: 20, minimum: 2, maximum: 500, description: "Closes looked back on" }),
});

// What is remembered from one bar to the next: plain JSON, and all of it. It is never changed in place.
interface State {
  readonly closes: ReadonlyArray<number>;
}

/** ${title}: buys a close above the highest of the window before it, sells one below the lowest. */
export const ${identifier} = Strategy.make<typeof params.Type, State>({
  key: "${key}",
  name: "${title}",
  description: "Buys a close above the highest of the window before it, sells one below the lowest.",
  params,
  // All prices doubled, the same decisions: ratios are compared, not amounts.
  scaleFree: true,
  // Bars it must have seen before it speaks.
  warmup: (p) => p.window,
  init: () => ({ closes: [] }),
  // One bar: the next state, and a decision or null. Time is bar.to; there is no other clock.
  step: (p, { closes }, { close }) => {
    const next: State = { closes: [...closes, close].slice(-p.window) };
    if (closes.length < p.window) return [next, null];
    const highest = Math.max(...closes);
    const lowest = Math.min(...closes);
    const features = { close, highest, lowest };
    if (close > highest) return [next, Strategy.decision("BUY", "close_above_window", close / highest - 1, features)];
    if (close < lowest) return [next, Strategy.decision("SELL", "close_below_window", 1 - close / lowest, features)];
    return [next, null];
  },
});
`;

export const test = ({ file, identifier, title }: Names): string => `import { test } from "node:test";
import { checkStrategy } from "@strom/core/testing";
import { ${identifier} } from "./${file}.ts";

// No lookahead, no clock, no dice, a state that survives a restart, silence until warm, an answer for every bar,
// and limits that hold behind the engine. A broken promise is told with the smallest case and a seed.
test("${title} keeps every promise of a strategy", () => {
  checkStrategy(${identifier});
});
`;
