import { Result, Schema } from "effect";
import type { Configuration } from "./Configuration.ts";
import { ConfigurationInvalid } from "./Configuration.ts";
import * as FillModel from "./FillModel.ts";
import * as Id from "./Id.ts";
import * as Money from "./Money.ts";
import * as Problem from "./Problem.ts";
import * as RiskProfile from "./RiskProfile.ts";

export type { Configuration } from "./Configuration.ts";
export { ConfigurationInvalid, decode, encode } from "./Configuration.ts";

/** A strategy of an agent, with its parameters as the strategy decoded them. */
export interface StrategyChoice {
  readonly strategyId: Id.StrategyId;
  readonly key: string;
  readonly params: { readonly [name: string]: unknown };
}

/** Everything the engine must know of an agent; a version of it is recorded, and runs cite it. */
export interface AgentSpec {
  readonly id: Id.AgentId;
  /** Fits a signed 64-bit column. */
  readonly seed: bigint;
  readonly frequencySeconds: number;
  readonly symbols: ReadonlyArray<string>;
  readonly strategies: ReadonlyArray<StrategyChoice>;
  readonly risk: RiskProfile.RiskProfile;
  readonly capital: Money.Cash;
  readonly fill: FillModel.Params;
}

/** The spec of an agent with this configuration. */
export const make = (
  id: Id.AgentId,
  seed: bigint,
  configuration: Configuration,
  fill: FillModel.Params = FillModel.standard,
): AgentSpec => ({
  id,
  seed,
  frequencySeconds: configuration.frequencySeconds,
  symbols: configuration.symbols,
  strategies: configuration.strategies,
  risk: configuration.risk,
  capital: configuration.capital,
  fill,
});

/** `agent_versions.configuration`: parameters as they were decoded, nothing left to a default. */
export const Json = Schema.Struct({
  id: Id.AgentId,
  seed: Schema.BigIntFromString,
  frequency_seconds: Schema.Int,
  universe: Schema.Struct({ symbols: Schema.Array(Schema.String) }),
  strategies: Schema.Array(
    Schema.Struct({
      strategy_id: Id.StrategyId,
      key: Schema.String,
      params: Schema.Record(Schema.String, Schema.Unknown),
    }),
  ),
  risk_profile: RiskProfile.RiskProfile,
  capital: Money.CashFromString,
  fill: FillModel.Params,
});

/** The JSON to record. */
export const toJson = (spec: AgentSpec): typeof Json.Encoded => ({
  id: spec.id,
  seed: spec.seed.toString(),
  frequency_seconds: spec.frequencySeconds,
  universe: { symbols: spec.symbols },
  strategies: spec.strategies.map(({ strategyId, key, params }) => ({
    strategy_id: strategyId,
    key,
    params,
  })),
  risk_profile: spec.risk,
  capital: Money.format(spec.capital),
  fill: { ...spec.fill, minimum_fee: Money.format(spec.fill.minimum_fee) },
});

const decodeJson = Problem.decoder(Json);

/** Reads a recorded one back. */
export const fromJson = (json: unknown): Result.Result<AgentSpec, ConfigurationInvalid> =>
  Result.mapBoth(decodeJson(json), {
    onFailure: (errors) => new ConfigurationInvalid({ errors }),
    onSuccess: ({ id, seed, frequency_seconds, universe, strategies, risk_profile, capital, fill }) => ({
      id,
      seed,
      frequencySeconds: frequency_seconds,
      symbols: universe.symbols,
      strategies: strategies.map(({ strategy_id, key, params }) => ({
        strategyId: strategy_id,
        key,
        params,
      })),
      risk: risk_profile,
      capital,
      fill,
    }),
  });
