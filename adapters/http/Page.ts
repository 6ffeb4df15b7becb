import { Schema } from "effect";
import * as Wire from "./Wire.ts";

/** Query of a list: newest first unless it says otherwise, at most `limit` items, after the place `cursor` stands for. */
export const query = {
  limit: Schema.optionalKey(
    Wire.wholeNumber(1, 200).pipe(
      Schema.annotateEncoded({ description: "how many items at most, 1 to 200; 50 when left out" }),
    ),
  ),
  cursor: Schema.optionalKey(
    Schema.String.annotate({ description: "the next_cursor of the page before; opaque" }),
  ),
};

const iso = (at: number): string => new Date(at).toISOString();

/** Nothing is ever in a span that ends before it begins: who asks for one has mistaken something. */
const inOrder = Schema.makeFilter(({ from, to }: { readonly from?: number; readonly to?: number }) =>
  from === undefined || to === undefined || from <= to
    ? true
    : {
        path: ["from"],
        issue: `${iso(from)} is after to, ${iso(to)}; a span begins before it ends`,
      },
);

/** A query that also picks a span of time: from an instant on, before an instant. */
export const within = <const Fields extends Schema.Struct.Fields>(fields: Fields) =>
  Schema.Struct({
    ...fields,
    from: Schema.optionalKey(Wire.Instant),
    to: Schema.optionalKey(Wire.Instant),
  }).check(inOrder);

/** One page of a list; `next_cursor` is null on the last one. */
export const of = <S extends Schema.Top>(item: S) =>
  Schema.Struct({ items: Schema.Array(item), next_cursor: Schema.NullOr(Schema.String) });
