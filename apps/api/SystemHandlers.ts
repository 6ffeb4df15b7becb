import { CurrentUser } from "@strom/adapters/http/Identity.ts";
import { StromApi } from "@strom/adapters/http/StromApi.ts";
import { Effect, Layer } from "effect";
import { HttpApiBuilder } from "effect/http-api";
import { PrometheusMetrics } from "effect/observability";
import * as Loopback from "./Loopback.ts";
import { Readiness } from "./Readiness.ts";

const health = HttpApiBuilder.group(
  StromApi,
  "health",
  Effect.fn(function* (handlers) {
    const readiness = yield* Readiness;
    return handlers.handleAll({
      live: () => Effect.succeed({ status: "live" as const }),
      ready: () =>
        Effect.map(readiness.ask, (found) => {
          const dependencies = found.map(({ name, isReady, latencyMs, detail }) => ({
            name,
            status: isReady ? ("ready" as const) : ("not_ready" as const),
            latency_ms: latencyMs,
            detail,
          }));
          return found.every(({ isReady }) => isReady)
            ? { status: "ready" as const, dependencies }
            : { status: "not_ready" as const, dependencies };
        }),
      // What routes are asked and how the books grow is for this machine alone, as long as callers are.
      metrics: ({ request }) => Effect.andThen(Loopback.check(request), PrometheusMetrics.format()),
    });
  }),
);

const me = HttpApiBuilder.group(StromApi, "me", (handlers) =>
  handlers.handleAll({
    me: () => Effect.map(CurrentUser, ({ id, email, roles }) => ({ id, email, roles })),
  }),
);

export const layer = Layer.merge(health, me);
