/**
 * What all models of a moving price share, per model time of `dtSeconds` a step; rates are per year of 365 days.
 *
 * One step is the Euler–Maruyama scheme of dS = κ(θ − S)dt + μS dt + σS dW, written as a factor:
 * 1 + κ(θ/S − 1)dt + μdt + σ√dt Z with Z standard normal (Kloeden and Platen, Numerical Solution of Stochastic
 * Differential Equations, 1992, 10.2). No exponential is needed; the factor is kept within [1/4, 4], where it
 * stays by itself for any σ√dt below 9%.
 */
export interface Params {
  /** Price at step 0, and θ: what it is pulled to, when it is. */
  readonly start: number;
  /** Prices are multiples of this; at most 6 decimals. Small against one step's move, or the price may rest. */
  readonly tickSize: number;
  /** μ, a year. */
  readonly drift: number;
  /** σ, a square root of a year: 0.6 is 60%. */
  readonly volatility: number;
  /** κ, a year; 0 lets the price wander. */
  readonly reversion: number;
  readonly dtSeconds: number;
}

const YEAR_SECONDS = 365 * 86_400;

/** The standard deviation of one step's move, as a fraction of the price. */
export const stepDeviation = ({ volatility, dtSeconds }: Params): number =>
  volatility * Math.sqrt(dtSeconds / YEAR_SECONDS);

/** The factor of one step from `price`; `extra` is added to it before it is bounded. */
export const factor = (params: Params, price: number, shock: number, extra = 0): number => {
  const dt = params.dtSeconds / YEAR_SECONDS;
  const pull = params.reversion * (params.start / price - 1) * dt;
  const raw = 1 + pull + params.drift * dt + stepDeviation(params) * shock + extra;
  return Math.min(4, Math.max(0.25, raw));
};
