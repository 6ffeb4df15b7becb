import { Id } from "@strom/core";
import { Schema } from "effect";
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api";
import { Identity } from "./Identity.ts";
import * as Problem from "./Problem.ts";

/** A strategy of the catalog. `params_schema` is JSON Schema 2020-12 of what `params` of an agent may hold. */
export const Strategy = Schema.Struct({
  id: Id.StrategyId,
  key: Schema.String,
  name: Schema.String,
  description: Schema.String,
  params_schema: Schema.Record(Schema.String, Schema.Unknown),
}).annotate({ identifier: "Strategy" });

export class StrategiesApi extends HttpApiGroup.make("strategies")
  .add(
    HttpApiEndpoint.get("list", "/v1/strategies", {
      success: Schema.Struct({ items: Schema.Array(Strategy) }),
    }).annotate(OpenApi.Summary, "The strategies an agent may be given"),
    HttpApiEndpoint.get("find", "/v1/strategies/:key", {
      params: { key: Schema.String },
      success: Strategy,
      error: Problem.NotFound,
    }).annotate(OpenApi.Summary, "One strategy by its key"),
  )
  .middleware(Identity)
  .annotate(OpenApi.Title, "Strategies") {}
