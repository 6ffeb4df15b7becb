import { Context, Effect, Layer } from "effect";
import { HttpClient, HttpClientRequest } from "effect/http";
import { HttpApiClient } from "effect/http-api";
import { StromApi } from "./StromApi.ts";

/** The API as typed calls: `client.agents.list({ query: {} })`. */
export class StromClient extends Context.Service<StromClient, HttpApiClient.ForApi<typeof StromApi>>()(
  "strom/http/StromClient",
) {}

export interface Options {
  /** Where the API is, such as http://127.0.0.1:8080. */
  readonly baseUrl: string;
  /** Headers of every request: who is calling (`X-Strom-User`, or `Authorization`). */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client over the `HttpClient` of the platform. */
export const make = (options: Options) =>
  HttpApiClient.make(StromApi, {
    transformClient: HttpClient.mapRequest((request) =>
      HttpClientRequest.setHeaders(
        HttpClientRequest.prependUrl(request, options.baseUrl),
        options.headers ?? {},
      ),
    ),
  });

export const layer = (options: Options): Layer.Layer<StromClient, never, HttpClient.HttpClient> =>
  Layer.effect(StromClient, Effect.map(make(options), StromClient.of));
