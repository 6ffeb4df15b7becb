import { Schema } from "effect";

/** Query of a list: newest first unless it says otherwise, at most `limit` items, after the place `cursor` stands for. */
export const query = {
  limit: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 200 })).annotate({
      description: "how many items at most, 1 to 200; 50 when left out",
    }),
  ),
  cursor: Schema.optionalKey(
    Schema.String.check(Schema.isMaxLength(200)).annotate({
      description: "the next_cursor of the page before; opaque",
    }),
  ),
};

/** One page of a list; `next_cursor` is null on the last one. */
export const of = <S extends Schema.Top>(item: S) =>
  Schema.Struct({ items: Schema.Array(item), next_cursor: Schema.NullOr(Schema.String) });
