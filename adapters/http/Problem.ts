import { Schema } from "effect";
import { ProblemDetails } from "effect/http";
import * as HttpServerResponse from "effect/http/HttpServerResponse";
import { HttpApiError } from "effect/http-api";

/**
 * RFC 9457 problem details. `code` is what a program acts on, `detail` what a person reads, `errors` names each
 * field at fault. One class a status; a code is added without a new class.
 */
const fields = {
  code: Schema.String,
  trace_id: Schema.optionalKey(Schema.String),
  errors: Schema.optionalKey(
    Schema.Array(Schema.Struct({ path: Schema.String, message: Schema.String })).annotate({
      description:
        "each field at fault, as a path such as universe.symbols[1]; 20 at most, detail says how many more there are",
    }),
  ),
};

export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** 400: the request cannot be read: not JSON, or a cursor this API did not give. */
export class Malformed extends HttpApiError.Problem<Malformed>()(
  "Malformed",
  { type: "urn:strom:problem:malformed", status: 400, title: "The request cannot be read" },
  fields,
) {}

/** 401: who is calling is not known. */
export class Unauthenticated extends HttpApiError.Problem<Unauthenticated>()(
  "Unauthenticated",
  { type: "urn:strom:problem:unauthenticated", status: 401, title: "Who is calling is not known" },
  fields,
) {}

/** 403: the caller may not do this. */
export class Forbidden extends HttpApiError.Problem<Forbidden>()(
  "Forbidden",
  { type: "urn:strom:problem:forbidden", status: 403, title: "The caller may not do this" },
  fields,
) {}

/** 404: there is no such thing, or it belongs to someone else. */
export class NotFound extends HttpApiError.Problem<NotFound>()(
  "NotFound",
  { type: "urn:strom:problem:not-found", status: 404, title: "There is no such thing" },
  fields,
) {}

/** 405: the path exists, not with this method. */
export class MethodNotAllowed extends HttpApiError.Problem<MethodNotAllowed>()(
  "MethodNotAllowed",
  { type: "urn:strom:problem:method-not-allowed", status: 405, title: "The path has no such method" },
  fields,
) {}

/** 409: the thing is in a state that does not allow this now. */
export class Conflict extends HttpApiError.Problem<Conflict>()(
  "Conflict",
  { type: "urn:strom:problem:conflict", status: 409, title: "The present state does not allow this" },
  {
    ...fields,
    state: Schema.optionalKey(Schema.String),
    allowed: Schema.optionalKey(
      Schema.Array(Schema.String).annotate({ description: "what can be done from the present state" }),
    ),
  },
) {}

/** 413: the body is larger than 64 KiB, of prices than 256 KiB. */
export class TooLarge extends HttpApiError.Problem<TooLarge>()(
  "TooLarge",
  { type: "urn:strom:problem:too-large", status: 413, title: "The body is too large" },
  fields,
) {}

/** 415: the body is not JSON by its content type. */
export class UnsupportedMedia extends HttpApiError.Problem<UnsupportedMedia>()(
  "UnsupportedMedia",
  { type: "urn:strom:problem:unsupported-media", status: 415, title: "The body must be application/json" },
  fields,
) {}

/** What the body of a request may be refused with before anybody asks what it says. */
export const unreadable = [TooLarge, UnsupportedMedia] as const;

/** 422: the request can be read, but breaks a rule. */
export class Invalid extends HttpApiError.Problem<Invalid>()(
  "Invalid",
  { type: "urn:strom:problem:invalid", status: 422, title: "The request breaks a rule" },
  fields,
) {}

/** 429: too many at once, or too fast. */
export class TooMany extends HttpApiError.Problem<TooMany>()(
  "TooMany",
  { type: "urn:strom:problem:too-many", status: 429, title: "Too many requests" },
  { ...fields, retry_after_seconds: Schema.Int },
) {}

/** 500: a fault of ours. */
export class Internal extends HttpApiError.Problem<Internal>()(
  "Internal",
  { type: "urn:strom:problem:internal", status: 500, title: "Something went wrong here" },
  fields,
) {}

/** 503: a dependency does not answer; the same request may succeed later. */
export class Unavailable extends HttpApiError.Problem<Unavailable>()(
  "Unavailable",
  { type: "urn:strom:problem:unavailable", status: 503, title: "Not available at the moment" },
  { ...fields, retry_after_seconds: Schema.Int },
) {}

const classes = [
  Malformed,
  Unauthenticated,
  Forbidden,
  NotFound,
  MethodNotAllowed,
  Conflict,
  TooLarge,
  UnsupportedMedia,
  Invalid,
  TooMany,
  Internal,
  Unavailable,
] as const;

export type Problem = InstanceType<(typeof classes)[number]>;

export const isProblem = (error: unknown): error is Problem => classes.some((each) => error instanceof each);

/** A problem as it goes over the wire, with the id of the request it answers. */
export const toResponse = (problem: Problem, traceId: string): HttpServerResponse.HttpServerResponse => {
  const { _tag, ...members } = { ...problem, _tag: undefined };
  const response = ProblemDetails.toResponse({ ...members, trace_id: traceId });
  return "retry_after_seconds" in problem
    ? HttpServerResponse.setHeader(response, "retry-after", String(problem.retry_after_seconds))
    : response;
};
