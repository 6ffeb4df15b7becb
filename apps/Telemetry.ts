import { Layer } from "effect";
import { FetchHttpClient } from "effect/http";
import { Otlp } from "effect/observability";
import { IsTraced } from "./pipeline/Trace.ts";

/** Traces, metrics and logs to an OTLP collector over HTTP, such as http://localhost:4318. */
export const layer = (url: string): Layer.Layer<never> =>
  Layer.succeed(IsTraced, true).pipe(
    Layer.merge(
      Otlp.layerJson({ baseUrl: url, resource: { serviceName: "strom", serviceVersion: "0.1.0" } }),
    ),
    Layer.provide(FetchHttpClient.layer),
  );
