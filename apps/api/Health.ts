import { Effect, Layer } from "effect";
import { HttpRouter, HttpServerResponse } from "effect/http";
import { PrometheusMetrics } from "effect/observability";
import { Readiness } from "./Readiness.ts";

/** How a process that is not the API says how it fares: the same three paths, and nothing else. */
const live = HttpRouter.add("GET", "/health/live", HttpServerResponse.jsonUnsafe({ status: "live" }));

const ready = HttpRouter.use((router) =>
  Effect.gen(function* () {
    const readiness = yield* Readiness;
    yield* router.add(
      "GET",
      "/health/ready",
      Effect.map(readiness.ask, (found) => {
        const isReady = found.every((each) => each.isReady);
        const dependencies = found.map(({ name, isReady: is, latencyMs, detail }) => ({
          name,
          status: is ? "ready" : "not_ready",
          latency_ms: latencyMs,
          detail,
        }));
        const body = { status: isReady ? "ready" : "not_ready", dependencies };
        return HttpServerResponse.jsonUnsafe(body, { status: isReady ? 200 : 503 });
      }),
    );
  }),
);

const metrics = HttpRouter.add(
  "GET",
  "/metrics",
  Effect.map(PrometheusMetrics.format(), (text) =>
    HttpServerResponse.text(text, { contentType: "text/plain; version=0.0.4; charset=utf-8" }),
  ),
);

const routes = Layer.mergeAll(live, ready, metrics);

/** Answers on the `HttpServer` until the scope closes. */
export const layer = HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true });
