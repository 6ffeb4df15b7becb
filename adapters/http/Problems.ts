import { Effect, Layer, SchemaIssue } from "effect";
import { HttpApiError, HttpApiMiddleware } from "effect/http-api";
import * as Problem from "./Problem.ts";
import { TraceId } from "./TraceId.ts";

/** Answers every expected failure of an endpoint with problem details that carry the request's trace id. */
export class Problems extends HttpApiMiddleware.Service<Problems>()("strom/http/Problems", {
  error: [Problem.Malformed, Problem.Invalid, Problem.Unavailable],
}) {}

/** `["universe", "symbols", 1]` as `universe.symbols[1]`; the empty path is the body itself. */
const pathText = (path: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }>): string =>
  path.reduce<string>((text, segment) => {
    const key = typeof segment === "object" ? segment.key : segment;
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, "");

/** JSON can say 1e999, which nothing holds, and could not say what became of it. */
const BEYOND = "a number beyond 1.8e308";
const beyond = (_: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? BEYOND : value;

/** The value that is refused, where the issue knows it: that of a path does not. */
const refused = (issue: SchemaIssue.Issue): string => {
  if (!SchemaIssue.hasInput(issue)) return "";
  const text = (JSON.stringify(issue.input, beyond) ?? "nothing").replaceAll(`"${BEYOND}"`, BEYOND);
  return `${text.length > 60 ? `${text.slice(0, 60)}…` : text} is refused: `;
};

/** Names the value and what would be right, wherever a schema itself only says the latter. */
const format = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) => {
    if (issue._tag === "MissingKey") return "is missing";
    if (issue._tag === "UnexpectedKey") return "is not known here; leave it out";
    const said = SchemaIssue.defaultLeafHook(issue);
    // Words of ours say what would be right, and the library's what was given as well.
    const isOurs = issue._tag === "InvalidType" && issue.ast.annotations?.["message"] === said;
    return isOurs ? `${refused(issue)}${said}` : said;
  },
  checkHook: (issue) => {
    const said = SchemaIssue.defaultCheckHook(issue) ?? issue.filter.annotations?.expected;
    return said === undefined ? undefined : `${refused(issue)}${said}`;
  },
});

/** Our names of objects, such as NewAgent, say nothing to who sent the request. */
const plain = (message: string): string =>
  message
    .replace(/^Expected (?:[A-Z]\w*|object), got /, "an object is needed, not ")
    .replace(/ not undefined$/, " not nothing");

/** Each issue of a request with the field it concerns. */
export const fieldErrors = (error: HttpApiError.HttpApiSchemaError): ReadonlyArray<Problem.FieldError> =>
  format(error.cause.issue).issues.map((issue) => ({
    path: pathText(issue.path ?? []),
    message: plain(issue.message),
  }));

/** As much of a refusal as somebody reads: an answer is not to be many times what it answers. */
const ERRORS_MAX = 20;
const PATH_MAX = 100;
const MESSAGE_MAX = 500;

const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most).toWellFormed()}…` : text;

const shown = (errors: ReadonlyArray<Problem.FieldError>): ReadonlyArray<Problem.FieldError> =>
  errors
    .slice(0, ERRORS_MAX)
    .map(({ path, message }) => ({ path: cut(path, PATH_MAX), message: cut(message, MESSAGE_MAX) }));

const sentence = (errors: ReadonlyArray<Problem.FieldError>): string => {
  const said = shown(errors).map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  const more = errors.length - said.length;
  return [...said, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
};

/** 422 with one entry a field. */
export const invalid = (code: string, errors: ReadonlyArray<Problem.FieldError>): Problem.Invalid =>
  new Problem.Invalid({ code, errors: shown(errors), detail: sentence(errors) });

export const layer: Layer.Layer<Problems> = Layer.succeed(Problems, (httpEffect) =>
  Effect.catch(httpEffect, (error) =>
    Effect.flatMap(TraceId, (traceId) => {
      if (Problem.isProblem(error)) return Effect.succeed(Problem.toResponse(error, traceId));
      if (!HttpApiError.HttpApiSchemaError.is(error)) return Effect.fail(error);
      if (error.kind === "Body" || error.kind === "ResponseHeaders") return Effect.die(error);
      if (error.kind === "Params") {
        const detail = `there is nothing at this path: ${sentence(fieldErrors(error))}`;
        return Effect.succeed(
          Problem.toResponse(new Problem.NotFound({ code: "not_found", detail }), traceId),
        );
      }
      return Effect.succeed(Problem.toResponse(invalid("invalid_request", fieldErrors(error)), traceId));
    }),
  ),
);
