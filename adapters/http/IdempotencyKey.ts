import { Schema } from "effect";

/** Headers of a POST: with a key, the same request sent again gets the stored answer instead of a second effect. */
export const idempotent = {
  "idempotency-key": Schema.optionalKey(
    Schema.String.check(
      Schema.isPattern(/^[\x21-\x7e]{1,200}$/, {
        expected: "1 to 200 visible ASCII characters, such as a UUID",
      }),
    ).annotate({
      description: "1 to 200 visible characters; the same key and body get the stored answer",
    }),
  ),
};
