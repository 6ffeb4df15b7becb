import { StromApi } from "@strom/adapters/http/StromApi.ts";
import type { Layer } from "effect";
import { Effect, Scope } from "effect";
import { HttpRouter, HttpServerResponse } from "effect/http";
import { HttpApiScalar } from "effect/http-api";

/** The reference page brings its script along: 3 MB that are only read when somebody opens it. */
const page = HttpRouter.toHttpEffect(
  HttpApiScalar.layer(StromApi, {
    path: "/docs",
    scalar: { withDefaultFonts: false },
  }),
);

/** Its styles and its script are inline, and it asks nobody else for anything. */
const policy =
  "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src 'self' data: blob:; font-src data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

export const layer: Layer.Layer<never, never, HttpRouter.HttpRouter> = HttpRouter.use(
  Effect.fn(function* (router) {
    const scope = yield* Effect.scope;
    const handler = yield* Effect.cached(Effect.provideService(page, Scope.Scope, scope));
    yield* router.add(
      "GET",
      "/docs",
      Effect.gen(function* () {
        const response = yield* Effect.orDie(yield* handler);
        return HttpServerResponse.setHeader(response, "content-security-policy", policy);
      }),
    );
  }),
);
