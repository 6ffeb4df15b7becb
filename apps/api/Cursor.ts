import * as Problem from "@strom/adapters/http/Problem.ts";
import type { Page, Place, Slice } from "@strom/core/ports";
import { Effect, Result } from "effect";
import * as Base64Url from "effect/encoding/Base64Url";

/** How many items a page has when the caller does not say. */
const usual = 50;

const encode = (place: Place): string => Base64Url.encode(`${place.micros}.${place.id}`);

const pattern = /^(-?\d{1,18})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

const decode = (text: string): Place | null => {
  const decoded = Base64Url.decodeString(text);
  const parts = Result.isSuccess(decoded) ? pattern.exec(decoded.success) : null;
  const [, micros, id] = parts ?? [];
  return micros === undefined || id === undefined ? null : { micros: BigInt(micros), id };
};

/** The slice a query asks for; 400 for a cursor this API never gave. */
export const slice = (query: {
  readonly limit?: number;
  readonly cursor?: string;
}): Effect.Effect<Slice, Problem.Malformed> => {
  const limit = query.limit ?? usual;
  if (query.cursor === undefined) return Effect.succeed({ limit, after: null });
  const after = decode(query.cursor);
  return after === null
    ? new Problem.Malformed({
        code: "invalid_cursor",
        detail: "the cursor is not one this API gave; take next_cursor of a page, or leave it out to begin",
        errors: [{ path: "cursor", message: "not a cursor of this API" }],
      })
    : Effect.succeed({ limit, after });
};

/** A page as the wire has it. */
export const page = <A>(
  found: Page<A>,
): { readonly items: ReadonlyArray<A>; readonly next_cursor: string | null } => ({
  items: found.items,
  next_cursor: found.next === null ? null : encode(found.next),
});
