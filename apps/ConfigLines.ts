import { ConfigProvider, Effect, Result } from "effect";
import * as Config from "./Config.ts";
import type { Variable } from "./Variable.ts";
import * as Read from "./Variable.ts";

/** One variable as `strom config` shows it; a secret's value is never in it. */
export interface Line {
  readonly name: string;
  readonly meaning: string;
  readonly fallback: string | null;
  readonly current: string | null;
  readonly problem: string | null;
}

/** Every variable with what it is now, secrets redacted, right or wrong. */
export const all: Effect.Effect<ReadonlyArray<Line>> = Effect.gen(function* () {
  const provider = yield* ConfigProvider.ConfigProvider;
  return yield* Effect.forEach(Object.values(Config.variables), (variable: Variable<unknown>) =>
    Effect.map(Read.lookup(provider, variable.name), (text) => {
      const value = Read.parse(variable, text);
      return {
        name: variable.name,
        meaning: variable.meaning,
        fallback: variable.fallback,
        current: text === undefined ? null : Read.shown(variable, text),
        problem: Result.isFailure(value) ? value.failure : null,
      };
    }),
  );
});
