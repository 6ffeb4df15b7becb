import { Verify } from "@strom/core/ports";
import { Effect, Schema } from "effect";

/** The books contradict themselves. Trading on would bury what happened, so nothing is moved. */
export class RecordBroken extends Schema.TaggedError<RecordBroken>()("RecordBroken", {
  identity: Schema.String,
  detail: Schema.String,
}) {
  override get message() {
    return `the record is broken (${this.identity}): ${this.detail}. Nothing was moved; "strom verify" checks all of it`;
  }
}

/** Refuses to go on over books that do not add up. */
export const check = Effect.gen(function* () {
  const verify = yield* Verify;
  const violation = yield* verify.books;
  if (violation === null) return;
  return yield* new RecordBroken({ identity: violation.identity, detail: violation.message });
});
