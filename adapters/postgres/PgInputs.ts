import type { Run } from "@strom/core";
import { Bar } from "@strom/core";
import { Schema } from "effect";

/**
 * What a run saw, as recorded in `agent_runs.inputs`: with the configuration it cites, all that its decisions
 * depended on. Bars are kept as they are, prices as the numbers they were.
 */
export interface Inputs {
  readonly observations: ReadonlyArray<Run.Observation>;
  /** Bars that strategies without a memory were warmed up on, by symbol, oldest first. */
  readonly warmup: { readonly [symbol: string]: ReadonlyArray<Bar.Bar> } | null;
}

const Json = Schema.Struct({
  observations: Schema.Array(Schema.Struct({ bar: Bar.Bar, priced_at: Schema.Int })),
  warmup: Schema.optionalKey(Schema.Record(Schema.String, Schema.Array(Bar.Bar))),
});

/** Plain JSON. */
export const encode = ({ observations, warmup }: Inputs): typeof Json.Encoded => {
  const seen = observations.map(({ bar, pricedAt }) => ({ bar, priced_at: pricedAt }));
  return warmup === null ? { observations: seen } : { observations: seen, warmup };
};

const read = Schema.decodeUnknownSync(Json);

/** Reads it back; throws on what was not written by `encode`. */
export const decode = (json: unknown): Inputs => {
  const { observations, warmup } = read(json);
  return {
    observations: observations.map(({ bar, priced_at }) => ({ bar, pricedAt: priced_at })),
    warmup: warmup ?? null,
  };
};
