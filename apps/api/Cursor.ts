import * as Problem from "@strom/adapters/http/Problem.ts";
import type { Page, Place, Slice } from "@strom/core/ports";
import { Effect, Result } from "effect";
import * as Base64Url from "effect/encoding/Base64Url";

/** How many items a page has when the caller does not say. */
const usual = 50;

const encode = (place: Place): string => Base64Url.encode(`${place.micros}.${place.rank}.${place.id}`);

/** The years 1 to 9999, which every row is in: of others the database may not even know. */
const [earliest, latest] = [-62_135_596_800_000_000n, 253_402_300_799_999_999n];

const pattern = /^(-?\d{1,18})\.(\d{1,18})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

const decode = (text: string): Place | null => {
  const decoded = Base64Url.decodeString(text);
  const parts = Result.isSuccess(decoded) ? pattern.exec(decoded.success) : null;
  const [, time, rank, id] = parts ?? [];
  if (time === undefined || rank === undefined || id === undefined) return null;
  const micros = BigInt(time);
  return micros < earliest || micros > latest ? null : { micros, rank: BigInt(rank), id };
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
