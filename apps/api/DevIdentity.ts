import { CurrentUser, Identity } from "@strom/adapters/http/Identity.ts";
import * as Problem from "@strom/adapters/http/Problem.ts";
import { Users } from "@strom/core/ports";
import { Effect, Layer, Schema } from "effect";
import { HttpServerRequest } from "effect/http";
import type { Settings } from "../Config.ts";
import * as Loopback from "./Loopback.ts";

/** Who a request is from when it does not say. */
export const fallbackEmail = "dev@strom.local";

/** The development identity would let anyone in. */
export class DevIdentityRefused extends Schema.TaggedError<DevIdentityRefused>()("DevIdentityRefused", {
  message: Schema.String,
}) {}

/** Why the development identity may not be used with these settings; null when it may. */
export const refusal = (
  settings: Pick<Settings, "auth" | "httpHost" | "oidcIssuer" | "isProduction">,
): string | null => {
  if (settings.auth === "oidc") {
    return "STROM_AUTH is oidc, which this version does not have; it should be dev, on loopback, without NODE_ENV=production";
  }
  if (settings.isProduction) {
    return "STROM_AUTH is dev while NODE_ENV is production; dev takes everyone's word for who they are";
  }
  if (settings.oidcIssuer !== null) {
    return "STROM_AUTH is dev while STROM_OIDC_ISSUER is set; set STROM_AUTH=oidc, or remove the issuer";
  }
  if (!Loopback.isHost(settings.httpHost)) {
    return `STROM_AUTH is dev while STROM_HTTP_HOST is "${settings.httpHost}"; dev is only for loopback, such as 127.0.0.1`;
  }
  return null;
};

const emailPattern = /^[^\s@<>"]{1,64}@[A-Za-z0-9.-]{1,189}$/;
export const isEmail = (text: string): boolean => emailPattern.test(text);

/**
 * Takes the caller's word: `X-Strom-User`, or dev@strom.local. Only names of this machine are answered, and only
 * pages of this origin: else any web page the developer visits could trade for them.
 */
export const layer: Layer.Layer<Identity, never, Users> = Layer.effect(
  Identity,
  Effect.gen(function* () {
    const users = yield* Users;
    const known = new Map<string, CurrentUser["Service"]>();

    const identify = Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest) {
      yield* Loopback.check(request);
      const origin = request.headers["origin"];
      if (origin !== undefined && origin !== `http://${request.headers["host"]}`) {
        return yield* new Problem.Forbidden({
          code: "cross_origin",
          detail: "the development identity is not for other sites' pages",
        });
      }
      const email = (request.headers["x-strom-user"] ?? fallbackEmail).trim().toLowerCase();
      if (!isEmail(email)) {
        return yield* new Problem.Unauthenticated({
          code: "bad_user",
          detail: "X-Strom-User should be an e-mail address such as someone@example.com",
        });
      }
      const seen = known.get(email);
      if (seen !== undefined) return seen;
      const id = yield* Effect.orDie(users.byEmail(email));
      const user = { id, email, roles: ["trader", "feeder"] as const };
      if (known.size >= 10_000) known.clear();
      known.set(email, user);
      return user;
    });

    return Identity.of((handler) =>
      Effect.gen(function* () {
        const user = yield* identify(yield* HttpServerRequest.HttpServerRequest);
        return yield* Effect.provideService(handler, CurrentUser, user);
      }),
    );
  }),
);
