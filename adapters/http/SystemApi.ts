import { Id } from "@strom/core";
import { Predicate, Schema } from "effect";
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api";
import { Identity } from "./Identity.ts";
import * as Problem from "./Problem.ts";

export const Live = Schema.Struct({ status: Schema.Literal("live") });

/** One thing STROM depends on: whether it answers, and how long that took. */
export const Dependency = Schema.Struct({
  name: Schema.String,
  status: Schema.Literals(["ready", "not_ready"]),
  latency_ms: Schema.Finite,
  detail: Schema.NullOr(Schema.String),
}).annotate({ identifier: "Dependency" });

const readiness = <S extends "ready" | "not_ready">(status: S) =>
  Schema.Struct({ status: Schema.Literal(status), dependencies: Schema.Array(Dependency) });

export const Ready = readiness("ready").annotate({ identifier: "Ready" });
export const NotReady = readiness("not_ready")
  .annotate({ identifier: "NotReady" })
  .pipe(HttpApiSchema.status(503));

/** Every route may answer 503 as a problem, which took the place of the answer that is this route's purpose. */
const declareNotReady = (operation: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const responses = Predicate.isObject(operation["responses"]) ? operation["responses"] : {};
  const refused = Predicate.hasProperty(responses, "503") ? responses["503"] : {};
  const content = Predicate.hasProperty(refused, "content") ? refused.content : {};
  const schema = { $ref: "#/components/schemas/NotReady" };
  return {
    ...operation,
    responses: {
      ...responses,
      503: {
        description: "Something it needs does not answer",
        content: { ...(Predicate.isObject(content) ? content : {}), "application/json": { schema } },
      },
    },
  };
};

export const Me = Schema.Struct({
  id: Id.UserId,
  email: Schema.String,
  roles: Schema.Array(Schema.String),
}).annotate({ identifier: "Me" });

export class HealthApi extends HttpApiGroup.make("health")
  .add(
    HttpApiEndpoint.get("live", "/health/live", { success: Live }).annotate(
      OpenApi.Summary,
      "Whether the process runs",
    ),
    HttpApiEndpoint.get("ready", "/health/ready", { success: [Ready, NotReady] })
      .annotate(OpenApi.Summary, "Whether every dependency answers, with its latency")
      .annotate(OpenApi.Transform, declareNotReady),
    HttpApiEndpoint.get("metrics", "/metrics", {
      success: Schema.String.pipe(
        HttpApiSchema.asText({ contentType: "text/plain; version=0.0.4; charset=utf-8" }),
      ),
      error: [Problem.Forbidden],
    }).annotate(OpenApi.Summary, "Metrics in the text format of Prometheus"),
  )
  .annotate(OpenApi.Title, "Health") {}

export class MeApi extends HttpApiGroup.make("me")
  .add(HttpApiEndpoint.get("me", "/v1/me", { success: Me }).annotate(OpenApi.Summary, "Who the caller is"))
  .middleware(Identity)
  .annotate(OpenApi.Title, "Me") {}
