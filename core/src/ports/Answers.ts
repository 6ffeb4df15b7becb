import type { Effect } from "effect";
import { Context, Data } from "effect";
import type { DatabaseUnavailable } from "./Database.ts";

/** One request somebody may send again: who, to which route, under which key, and a hash of what it says. */
export interface Request {
  readonly principal: string;
  readonly route: string;
  readonly key: string;
  readonly hash: string;
}

/** The same key came with another body. */
export class KeyReused extends Data.TaggedError("KeyReused")<{ readonly key: string }> {}

/** The first request of this key has not been answered yet. */
export class StillRunning extends Data.TaggedError("StillRunning")<{ readonly key: string }> {}

/** Answers already given, so that a request sent again has no second effect. */
export class Answers extends Context.Service<
  Answers,
  {
    /**
     * The stored answer of the request, or that of `deed`, stored in the same commit as its effect. A deed that
     * fails leaves nothing behind.
     */
    readonly once: <E, R>(
      request: Request,
      deed: Effect.Effect<unknown, E, R>,
    ) => Effect.Effect<unknown, E | KeyReused | StillRunning | DatabaseUnavailable, R>;
  }
>()("strom/ports/Answers") {}
