import * as Rng from "../Rng.ts";
import type * as Diffusion from "./Diffusion.ts";
import * as Gbm from "./Gbm.ts";
import * as JumpDiffusion from "./JumpDiffusion.ts";
import * as MeanReverting from "./MeanReverting.ts";
import * as Path from "./Path.ts";
import * as RegimeSwitching from "./RegimeSwitching.ts";

/** A simulated symbol: which model moves it, and how. */
export type Instrument = { readonly symbol: string } & (
  | { readonly model: "gbm"; readonly params: Gbm.Params }
  | { readonly model: "mean_reverting"; readonly params: MeanReverting.Params }
  | { readonly model: "jump_diffusion"; readonly params: JumpDiffusion.Params }
  | { readonly model: "regime_switching"; readonly params: RegimeSwitching.Params }
);

export const init = (instrument: Instrument, seed: Rng.Seed): Path.State =>
  Path.start(instrument.params, seed, instrument.symbol);

export const next = (instrument: Instrument, state: Path.State): readonly [Path.Tick, Path.State] => {
  switch (instrument.model) {
    case "gbm":
      return Gbm.next(instrument.params, state);
    case "mean_reverting":
      return MeanReverting.next(instrument.params, state);
    case "jump_diffusion":
      return JumpDiffusion.next(instrument.params, state);
    case "regime_switching":
      return RegimeSwitching.next(instrument.params, state);
  }
};

/** A step of the built-in market is a minute of model time: at one step a second an hour shows what a month holds. */
const DT_SECONDS = 60;

/** Pulled back with a half-life of about three weeks of model time, so that no price runs away over the months. */
const REVERSION = 12;

const base = (start: number, volatility: number, tickSize: number): Diffusion.Params => ({
  start,
  tickSize,
  volatility,
  drift: 0,
  reversion: REVERSION,
  dtSeconds: DT_SECONDS,
});

const calm = (symbol: string, start: number, volatility: number, tickSize: number): Instrument => ({
  symbol,
  model: "mean_reverting",
  params: base(start, volatility, tickSize),
});

const jumpy = (symbol: string, start: number, volatility: number, tickSize: number): Instrument => ({
  symbol,
  model: "jump_diffusion",
  params: { ...base(start, volatility, tickSize), jumpChance: 0.004, jumpMean: 0, jumpDeviation: 0.006 },
});

const moody = (symbol: string, start: number, volatility: number, tickSize: number): Instrument => ({
  symbol,
  model: "regime_switching",
  params: {
    ...base(start, volatility, tickSize),
    regimes: [
      { trend: 0, turbulence: 0.7 },
      { trend: 0.35, turbulence: 0.9 },
      { trend: -0.35, turbulence: 0.9 },
      { trend: 0, turbulence: 1.6 },
    ],
  },
});

/** What the simulator trades when it is not told otherwise. */
export const known: ReadonlyArray<Instrument> = [
  moody("NSE:NIFTY50-INDEX", 24_500, 0.14, 0.05),
  moody("NSE:BANKNIFTY-INDEX", 52_000, 0.18, 0.05),
  moody("BTC-USD", 65_000, 0.6, 0.01),
  jumpy("ETH-USD", 3_400, 0.7, 0.01),
  calm("SPY", 560, 0.16, 0.01),
  moody("AAPL", 225, 0.28, 0.01),
  calm("MSFT", 430, 0.25, 0.01),
  jumpy("NVDA", 120, 0.5, 0.01),
  jumpy("TSLA", 250, 0.55, 0.01),
  moody("GOLD", 2_400, 0.15, 0.01),
  calm("EUR-USD", 1.085, 0.08, 0.000_01),
];

/** The instrument of a symbol: a known one, or one whose price and temper follow from its name and the seed. */
export const of = (symbol: string, seed: Rng.Seed): Instrument => {
  const found = known.find((instrument) => instrument.symbol === symbol);
  if (found !== undefined) return found;
  const draw = (what: string): number => Rng.uniformFrom(seed, "instrument", what, symbol);
  const start = Math.round((20 + 480 * draw("start")) * 100) / 100;
  const volatility = 0.15 + 0.45 * draw("volatility");
  const make = [calm, jumpy, moody][Math.floor(3 * draw("model"))] ?? moody;
  return make(symbol, start, volatility, 0.01);
};
