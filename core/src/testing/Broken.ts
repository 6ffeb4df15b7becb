/** The promises of a strategy, in the order in which they are best read: a later one assumes the earlier. */
export const properties = [
  "totality",
  "purity",
  "state round-trip",
  "prefix invariance",
  "warm-up",
  "scale",
  "scan",
  "limits",
] as const;

export type Property = (typeof properties)[number];

/** What each one promises, for reports. */
export const promises: Readonly<Record<Property, string>> = {
  totality: "never throws, and every decision is well-formed, on any valid bars",
  purity: "the same bars give the same decisions; nothing is read or changed but what is handed in",
  "state round-trip": "the state is plain JSON and is all there is: write it, read it back, go on",
  "prefix invariance": "what it decides on a bar does not depend on the bars after it",
  "warm-up": "silent until warm, and older history does not matter beyond the declared tolerance",
  scale: "multiplying all prices by a power of two changes no decision",
  scan: "the fast path decides exactly what step decides",
  limits: "behind the engine no limit is exceeded and the books balance",
};

/** One promise that one run saw broken. `sentence` is for the strategy's author. */
export class Broken extends Error {
  override readonly name = "Broken";
  readonly property: Property;
  readonly sentence: string;

  constructor(property: Property, sentence: string) {
    super(`${property}: ${sentence}`);
    this.property = property;
    this.sentence = sentence;
  }
}
