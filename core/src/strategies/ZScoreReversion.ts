import { Schema } from "effect";
import * as RunningSum from "../indicators/RunningSum.ts";
import * as StandardDeviation from "../indicators/StandardDeviation.ts";
import * as Window from "../indicators/Window.ts";
import * as ZScore from "../indicators/ZScore.ts";
import * as Params from "../Params.ts";
import * as Strategy from "../Strategy.ts";

const params = Schema.Struct({
  z_length: Params.int({
    default: 20,
    minimum: 2,
    maximum: 1_000,
    description: "Bars of mean and deviation",
  }),
  entry_z: Params.number({
    default: 2,
    minimum: 0.1,
    maximum: 10,
    description: "Deviations below the mean at which to buy",
  }),
  exit_z: Params.number({
    default: 0,
    minimum: 0,
    maximum: 10,
    description: "Deviations above the mean at which to sell",
  }),
});

interface State {
  readonly scores: ZScore.State;
  /** The score of the bar before, null until warm. */
  readonly before: number | null;
}

type ZParams = typeof params.Type;

const decide = (p: ZParams, before: number, z: number, close: number): Strategy.Decision | null => {
  if (z < -p.entry_z && before >= -p.entry_z) {
    return Strategy.decision("BUY", "z_falls_below_entry", Strategy.share(-z - p.entry_z, p.entry_z), {
      close,
      z,
    });
  }
  if (z >= p.exit_z && before < p.exit_z) {
    return Strategy.decision("SELL", "z_returns_to_mean", Strategy.share(z - p.exit_z, 1), { close, z });
  }
  return null;
};

const step = (
  p: ZParams,
  { scores: past, before }: State,
  close: number,
): readonly [State, Strategy.Decision | null] => {
  const [scores, z] = ZScore.next(past, close);
  return [{ scores, before: z }, z === null || before === null ? null : decide(p, before, z, close)];
};

export const ZScoreReversion = Strategy.make<typeof params.Type, State>({
  key: "zscore_reversion",
  name: "Z-score reversion",
  description: "Buys when the close falls far below its mean, sells when it has come back to it.",
  params,
  scaleFree: true,
  warmup: (p) => p.z_length,
  init: (p) => ({ scores: ZScore.init(p.z_length), before: null }),
  step: (p, state, bar) => step(p, state, bar.close),
  scan: (p, state, { close }, from, to) => {
    let current = state;
    let index = from;
    for (; index < to && !isAligned(current, close, index); index++) {
      const [next, decision] = step(p, current, close[index] ?? 0);
      current = next;
      if (decision !== null) return { index, state: current, decision };
    }
    if (index === to || current.before === null) return { index: to, state: current, decision: null };
    const { length } = current.scores;
    let { sum } = current.scores;
    let before = current.before;
    let decision: Strategy.Decision | null = null;
    for (; index < to && decision === null; index++) {
      const price = close[index] ?? 0;
      sum = RunningSum.slide(sum, price, close[index - length] ?? 0);
      const mean = RunningSum.mean(sum, length);
      const deviation = StandardDeviation.deviation(close, index - length + 1, length, mean);
      const z = ZScore.score(price, mean, deviation);
      decision = decide(p, before, z, price);
      before = z;
    }
    const window = Window.ofColumn(close, index, length);
    return {
      index: decision === null ? to : index - 1,
      state: { scores: { length, window, sum }, before },
      decision,
    };
  },
});

const isAligned = ({ scores, before }: State, close: Float64Array, index: number): boolean =>
  before !== null && Window.precedes(scores.window, close, index);
