import { Schema } from "effect";
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

export const ZScoreReversion = Strategy.make<typeof params.Type, State>({
  key: "zscore_reversion",
  name: "Z-score reversion",
  description: "Buys when the close falls far below its mean, sells when it has come back to it.",
  params,
  scaleFree: true,
  warmup: (p) => p.z_length,
  init: (p) => ({ scores: ZScore.init(p.z_length), before: null }),
  step: (p, state, { close }) => {
    const [scores, z] = ZScore.next(state.scores, close);
    const next = { scores, before: z };
    const { before } = state;
    if (z === null || before === null) return [next, null];
    if (z < -p.entry_z && before >= -p.entry_z) {
      const beyond = Strategy.share(-z - p.entry_z, p.entry_z);
      return [next, Strategy.decision("BUY", "z_falls_below_entry", beyond, { close, z })];
    }
    if (z >= p.exit_z && before < p.exit_z) {
      return [
        next,
        Strategy.decision("SELL", "z_returns_to_mean", Strategy.share(z - p.exit_z, 1), { close, z }),
      ];
    }
    return [next, null];
  },
});
