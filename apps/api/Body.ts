import * as Problem from "@strom/adapters/http/Problem.ts";
import * as Problems from "@strom/adapters/http/Problems.ts";
import { ByteSize, Effect, Predicate } from "effect";
import { HttpServerRequest } from "effect/http";

/** What a body may be. */
export interface Size {
  readonly bytes: number;
  /** Of one array. */
  readonly items: number;
}

export const usual: Size = { bytes: 64 * 1024, items: 100 };

/** As many prices as a batch may have, 262 bytes for each: the longest there is, indented as a person would. */
export const prices: Size = { bytes: 256 * 1024, items: 1_000 };

export const maxDepth = 16;

const tooLarge = (bytes: number) =>
  new Problem.TooLarge({
    code: "body_too_large",
    detail: `a body may be ${bytes} bytes at most; send less, or in several requests`,
  });

const unsupported = (contentType: string) =>
  new Problem.UnsupportedMedia({
    code: "not_json",
    detail: `the body is ${contentType === "" ? "of no stated type" : contentType.slice(0, 100)}; it should be application/json`,
  });

/** Where a value is nested too deep or an array too long, and which; null when neither. */
export const excess = (value: unknown, items: number, path = "", depth = 1): Problem.FieldError | null => {
  if (typeof value !== "object" || value === null) return null;
  if (depth > maxDepth) return { path, message: `nested deeper than ${maxDepth} levels` };
  if (Array.isArray(value) && value.length > items) {
    return { path, message: `${value.length} items; at most ${items} are taken` };
  }
  for (const [key, inner] of Object.entries(value)) {
    const at = Array.isArray(value) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    const found = excess(inner, items, at, depth + 1);
    if (found !== null) return found;
  }
  return null;
};

/** What is wrong with a body where none is taken; an empty object says as little as no body. */
const unwanted = (value: unknown): ReadonlyArray<Problem.FieldError> => {
  if (!Predicate.isObject(value)) {
    return [{ path: "", message: "this takes no body; leave it out, or send {}" }];
  }
  return Object.keys(value).map((path) => ({ path, message: "is not known here; leave it out" }));
};

export interface Limits extends Size {
  /** Whether what is asked has a body at all. */
  readonly isTaken: boolean;
}

/** Refuses a body that is too large, not JSON, shaped to exhaust, or where none is taken; an empty one passes. */
export const check = Effect.fnUntraced(function* (
  request: HttpServerRequest.HttpServerRequest,
  { bytes: most, items, isTaken }: Limits,
) {
  if (Number(request.headers["content-length"] ?? 0) > most) return yield* tooLarge(most);
  const bytes = yield* request.arrayBuffer.pipe(
    Effect.provideService(HttpServerRequest.MaxBodySize, ByteSize.bytes(most)),
    Effect.mapError(() => tooLarge(most)),
  );
  const text = yield* Effect.try({
    // Bytes that are no UTF-8 would reach the record as other characters than were meant.
    try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
    catch: () => new Problem.Malformed({ code: "not_utf8", detail: "the body is not UTF-8; JSON is" }),
  });
  const contentType = request.headers["content-type"] ?? "";
  // Who sends nothing where nothing is taken may call it what they like, as `curl -d ""` does.
  if (text === "" && (contentType === "" || !isTaken)) return;
  if (!/^application\/json\s*(;|$)/i.test(contentType)) return yield* unsupported(contentType);
  if (text === "") return;
  const value = yield* Effect.try({
    try: (): unknown => JSON.parse(text),
    catch: () => new Problem.Malformed({ code: "malformed_json", detail: "the body is not valid JSON" }),
  });
  const found = excess(value, items);
  if (found !== null) return yield* Problems.invalid("too_much", [found]);
  if (isTaken) return;
  const errors = unwanted(value);
  if (errors.length > 0) return yield* Problems.invalid("invalid_request", errors);
});
