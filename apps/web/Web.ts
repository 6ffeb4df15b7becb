import { readFile } from "node:fs/promises";
import type { Layer } from "effect";
import { Effect } from "effect";
import { HttpRouter, HttpServerResponse } from "effect/http";
import { assets } from "./Assets.ts";

/** The page loads what this server has, talks to this server, and nothing else. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The web page: files read once at the start, nothing fetched from elsewhere. */
export const layer: Layer.Layer<never, never, HttpRouter.HttpRouter> = HttpRouter.use(
  Effect.fn(function* (router) {
    for (const { path, file, contentType } of assets) {
      const text = yield* Effect.promise(() =>
        readFile(new URL(`./assets/${file}`, import.meta.url), "utf8"),
      );
      const response = HttpServerResponse.text(text, {
        contentType,
        headers: { "content-security-policy": policy, "cache-control": "no-cache" },
      });
      yield* router.add("GET", path, response);
    }
  }),
);
