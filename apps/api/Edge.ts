import { randomBytes } from "node:crypto";
import * as Problem from "@strom/adapters/http/Problem.ts";
import * as Problems from "@strom/adapters/http/Problems.ts";
import { TraceId } from "@strom/adapters/http/TraceId.ts";
import type { Layer, Types } from "effect";
import { Cause, Clock, Effect, Metric } from "effect";
import { HttpRouter, HttpServerError, HttpServerRequest, HttpServerResponse } from "effect/http";
import { SqlError } from "effect/sql";
import * as Metrics from "../Metrics.ts";
import * as Body from "./Body.ts";
import * as Routes from "./Routes.ts";

/** The caller's trace when it sent one (W3C `traceparent`), else a new one. */
const traceIdOf = (header: string | undefined): string =>
  /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(header ?? "")?.[1] ?? randomBytes(16).toString("hex");

const securityHeaders = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
};
const apiPolicy = "default-src 'none'; frame-ancestors 'none'";

const pathOf = (url: string): string => {
  const end = url.search(/[?#]/);
  return end < 0 ? url : url.slice(0, end);
};

/** Everything in a query that takes none, as a list tells what it does not know in its own. */
const strangers = (url: string): ReadonlyArray<Problem.FieldError> => {
  const start = url.indexOf("?");
  const keys = start < 0 ? [] : new URLSearchParams(url.slice(start).replace(/#.*$/, "")).keys();
  return [...new Set(keys)].map((path) => ({ path, message: "is not known here; leave it out" }));
};

const notFound = (path: string) =>
  new Problem.NotFound({ code: "no_such_path", detail: `there is nothing at ${path.slice(0, 200)}` });

const unavailable = new Problem.Unavailable({
  code: "database_unavailable",
  detail: "the database does not answer; try again in a few seconds",
  retry_after_seconds: 2,
});

const isUnavailable = (error: unknown): boolean =>
  (SqlError.isSqlError(error) && error.reason.isRetryable) ||
  (typeof error === "object" && error !== null && "_tag" in error && error._tag === "DatabaseUnavailable");

/** What a failure nobody expected looks like from outside: never a stack, an SQL text or a path. */
const problemOf = (cause: Cause.Cause<unknown>, path: string): Problem.Problem => {
  for (const reason of cause.reasons) {
    if (reason._tag === "Interrupt") continue;
    const error = reason._tag === "Fail" ? reason.error : reason.defect;
    if (Problem.isProblem(error)) return error;
    if (isUnavailable(error)) return unavailable;
    if (HttpServerError.isHttpServerError(error) && error.reason._tag === "RouteNotFound") {
      return notFound(path);
    }
  }
  return new Problem.Internal({
    code: "internal",
    detail: "the fault is ours; the trace id finds it in the logs",
  });
};

const sizeOf = (path: string): Body.Size => (path === "/v1/market/prices" ? Body.prices : Body.usual);

/** Everything around a request: its trace id, the limits of its body, an answer to every failure, headers, metrics. */
export const layer: Layer.Layer<never, never, HttpRouter.HttpRouter> = HttpRouter.middleware(
  (handler) =>
    Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest;
      const startedAt = yield* Clock.currentTimeMillis;
      const traceId = traceIdOf(request.headers["traceparent"]);
      const path = pathOf(request.url);
      const route = Routes.match(path);
      const guarded = Effect.gen(function* () {
        if (route === null) return yield* notFound(path);
        const method = request.method === "HEAD" ? "GET" : request.method;
        if (!route.methods.includes(method)) {
          const allow = route.methods.join(", ");
          const problem = new Problem.MethodNotAllowed({
            code: "method_not_allowed",
            detail: `${route.path} takes ${allow}, not ${request.method.slice(0, 20)}`,
          });
          return HttpServerResponse.setHeader(Problem.toResponse(problem, traceId), "allow", allow);
        }
        const unknown = route.withQuery.includes(method) ? [] : strangers(request.url);
        if (unknown.length > 0) return yield* Problems.invalid("invalid_request", unknown);
        if (method !== "GET") {
          yield* Body.check(request, { ...sizeOf(path), isTaken: route.withBody.includes(method) });
        }
        return yield* handler;
      });
      const response = yield* guarded.pipe(
        Effect.provideService(TraceId, traceId),
        Effect.annotateLogs({ trace_id: traceId, method: request.method, path }),
        Effect.catchCause((cause) => {
          const interrupts = cause.reasons.filter(Cause.isInterruptReason);
          if (interrupts.length === cause.reasons.length) {
            return Effect.failCause(Cause.fromReasons<Types.unhandled>(interrupts));
          }
          const problem = problemOf(cause, path);
          const answer = Effect.succeed(Problem.toResponse(problem, traceId));
          return problem.status === 500
            ? Effect.andThen(Effect.logError("request failed", cause, { trace_id: traceId, path }), answer)
            : answer;
        }),
      );
      const endedAt = yield* Clock.currentTimeMillis;
      const label = route?.path ?? "none";
      yield* Metric.update(Metrics.requests(request.method, label, response.status), 1);
      yield* Metric.update(Metrics.requestDuration(label), (endedAt - startedAt) / 1000);
      return HttpServerResponse.setHeaders(response, {
        ...securityHeaders,
        "content-security-policy": response.headers["content-security-policy"] ?? apiPolicy,
        "cache-control": response.headers["cache-control"] ?? "no-store",
        "x-trace-id": traceId,
      });
    }),
  { global: true },
);
