import type { Result } from "effect";
import { Data } from "effect";
import type { Catalog } from "./Catalog.ts";
import type * as FillModel from "./FillModel.ts";
import type { AgentId, StrategyId } from "./Id.ts";
import type { Cash } from "./Money.ts";
import type { RiskProfile } from "./RiskProfile.ts";

/** A strategy of an agent, with its parameters as the strategy decoded them. */
export interface StrategyChoice {
  readonly strategyId: StrategyId;
  readonly key: string;
  readonly params: { readonly [name: string]: unknown };
}

/** What a user asks for, decoded: `POST /v1/agents`. */
export interface Configuration {
  readonly name: string;
  readonly mode: "paper";
  readonly frequencySeconds: number;
  readonly symbols: ReadonlyArray<string>;
  readonly strategies: ReadonlyArray<StrategyChoice>;
  readonly risk: RiskProfile;
  readonly capital: Cash;
}

/** Everything the engine must know of an agent; a version of it is recorded with every run. */
export interface AgentSpec {
  readonly id: AgentId;
  readonly seed: bigint;
  readonly frequencySeconds: number;
  readonly symbols: ReadonlyArray<string>;
  readonly strategies: ReadonlyArray<StrategyChoice>;
  readonly risk: RiskProfile;
  readonly capital: Cash;
  readonly fill: FillModel.Params;
}

/** A configuration that cannot be, with every problem found: where, and what would be right. */
export class ConfigurationInvalid extends Data.TaggedError("ConfigurationInvalid")<{
  readonly errors: ReadonlyArray<{ readonly path: string; readonly message: string }>;
}> {
  override get message(): string {
    return this.errors.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ");
  }
}

/** Decodes a configuration as in the API. Strategies are looked up in the catalog, their parameters decoded. */
export declare const decode: (
  catalog: Catalog,
  input: unknown,
) => Result.Result<Configuration, ConfigurationInvalid>;
/** The JSON of the API. */
export declare const encode: (configuration: Configuration) => unknown;

/** The spec of an agent with this configuration. */
export const make = (
  id: AgentId,
  seed: bigint,
  configuration: Configuration,
  fill: FillModel.Params,
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
/** The JSON recorded in `agent_versions.configuration`. */
export declare const toJson: (spec: AgentSpec) => unknown;
/** Reads it back. */
export declare const fromJson: (json: unknown) => Result.Result<AgentSpec, ConfigurationInvalid>;
