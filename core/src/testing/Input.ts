import * as fc from "fast-check";
import type { AgentSpec } from "../AgentSpec.ts";
import type { Bar } from "../Bar.ts";
import type { Any as Strategy } from "../Strategy.ts";
import { agents } from "./Agents.ts";
import * as Bars from "./Bars.ts";

/** What one run of a property is about. */
export interface Input {
  /** Decoded parameters. */
  readonly params: unknown;
  readonly bars: ReadonlyArray<Bar>;
  /** Where a property cuts the series, 0..bars.length; what is cut off there is its own affair. */
  readonly cut: number;
  /** Set when the bars are a stretch of the author's own array: the array, and where the stretch begins. */
  readonly own?: { readonly array: Array<Bar>; readonly start: number } | undefined;
  /** The agent that trades, where a property goes through the engine. */
  readonly spec?: AgentSpec;
}

interface Stretch {
  readonly bars: ReadonlyArray<Bar>;
  readonly own?: Input["own"];
}

/** Stretches of recorded bars: they shrink towards short ones at the beginning. */
const stretches = (array: Array<Bar>, maxLength: number): fc.Arbitrary<Stretch> =>
  fc
    .tuple(
      fc.oneof(fc.constant(0), fc.nat(Math.max(0, array.length - 1))),
      fc.integer({ min: 1, max: maxLength }),
    )
    .map(([start, length]) => ({ bars: array.slice(start, start + length), own: { array, start } }));

/** Inputs over generated bars and, where there are some, over the author's. */
export const inputs = (
  params: fc.Arbitrary<unknown>,
  mood: "hostile" | "calm",
  maxLength: number,
  own: Array<Bar> | undefined,
): fc.Arbitrary<Input> => {
  const generated: fc.Arbitrary<Stretch> = Bars.bars({ mood, maxLength }).map((bars) => ({ bars }));
  const series =
    own === undefined || own.length === 0 ? generated : fc.oneof(generated, stretches(own, maxLength));
  return fc
    .record({ params, series, cut: fc.nat(1000) })
    .map(({ params: chosen, series: { bars, own: from }, cut }) => ({
      params: chosen,
      bars,
      cut: Math.round((bars.length * cut) / 1000),
      own: from,
    }));
};

/** The two symbols an agent under test trades: the bars, and their companion. */
const SYMBOLS = ["TEST", "TEST-2"];

/** The same with an agent that looks at every bar and runs the strategy with the input's parameters. */
export const withAgents = (strategy: Strategy, series: fc.Arbitrary<Input>): fc.Arbitrary<Input> =>
  fc.tuple(series, agents(strategy, fc.constant({}), SYMBOLS)).map(([input, agent]) => {
    const [first] = input.bars;
    const frequencySeconds = first === undefined ? 60 : (first.to - first.from) / 1000;
    const params = Object.fromEntries(Object.entries(input.params ?? {}));
    const strategies = agent.strategies.map((choice) => ({ ...choice, params }));
    return { ...input, spec: { ...agent, frequencySeconds, strategies } };
  });
