import { CurrentUser } from "@strom/adapters/http/Identity.ts";
import { Digest } from "@strom/core";
import { Answers } from "@strom/core/ports";
import { Effect, Schema } from "effect";

export interface Request<A, I> {
  /** Names what is done, such as "POST /v1/agents". */
  readonly route: string;
  readonly key: string | undefined;
  /** What is asked, as plain JSON: the same key with another one is refused. */
  readonly body: unknown;
  readonly answer: Schema.Codec<A, I>;
}

/** Runs a deed, or, when its key was used before with the same body, gives the answer it had then. */
export const once = <A, I, E, R>(request: Request<A, I>, deed: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const { route, key, body, answer } = request;
    if (key === undefined) return yield* deed;
    const answers = yield* Answers;
    const user = yield* CurrentUser;
    const codec = Schema.toCodecJson(answer);
    const encode = Schema.encodeUnknownEffect(codec);
    const stored = yield* answers.once(
      { principal: user.id, route, key, hash: Digest.of(body) },
      Effect.flatMap(deed, (value) => Effect.orDie(encode(value))),
    );
    return yield* Effect.orDie(Schema.decodeUnknownEffect(codec)(stored));
  });
