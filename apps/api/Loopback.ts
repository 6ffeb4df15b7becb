import * as Problem from "@strom/adapters/http/Problem.ts";
import { Effect } from "effect";
import type { HttpServerRequest } from "effect/http";

/** Whether an address to listen on is reached from this machine only. */
export const isHost = (host: string): boolean =>
  host === "localhost" || host === "::1" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);

/** Whether a `Host` header names this machine: a host as above, with or without a port. */
export const isAuthority = (authority: string): boolean =>
  isHost(authority.replace(/:\d{1,5}$/, "").toLowerCase());

const forbidden = new Problem.Forbidden({
  code: "not_loopback",
  detail: "the development identity is only for names of this machine",
});

/** Refuses a request by another name than this machine's: a page elsewhere may have had that name resolved to here. */
export const check = (
  request: HttpServerRequest.HttpServerRequest,
): Effect.Effect<void, Problem.Forbidden> =>
  isAuthority(request.headers["host"] ?? "") ? Effect.void : Effect.fail(forbidden);
