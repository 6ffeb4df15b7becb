import { Catalog, Strategy } from "@strom/core";
import { Schema } from "effect";

/**
 * Strategies that say what a test tells them to: a pattern of `B`uy, `S`ell and silence, read letter by letter, one
 * a bar and symbol. Their memory is the number of bars they have seen.
 */
const scripted = (key: string): Strategy.Any =>
  Strategy.make<{ readonly pattern: string }, number>({
    key,
    name: key,
    description: "Says what it is told.",
    params: Schema.Struct({ pattern: Schema.String }),
    warmup: () => 1,
    init: () => 0,
    step: ({ pattern }, seen, bar) => {
      const letter = pattern[seen % pattern.length];
      const side = letter === "B" ? "BUY" : letter === "S" ? "SELL" : null;
      return [
        seen + 1,
        side === null
          ? null
          : { side, confidence: 0.5, features: { close: bar.close, seen }, rule: "as_told" },
      ];
    },
  });

export const first = scripted("scripted_first");
export const second = scripted("scripted_second");
export const catalog = Catalog.make([first, second]);

/** The same beside all that STROM comes with. */
export const everything = Catalog.make([...Catalog.builtIn, first, second]);
