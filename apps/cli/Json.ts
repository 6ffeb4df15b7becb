import { Result } from "effect";
import { Flag } from "effect/cli";

/** `--json` of every command that reports something. */
export const isWanted = Flag.Boolean("json").pipe(
  Flag.withDescription("As JSON, for programs"),
  Flag.withDefault(false),
);

/** As JSON text; big numbers are decimal strings, as everywhere in STROM. */
export const text = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part), 2);

const parse = (source: string): Result.Result<unknown, string> =>
  Result.try({
    try: (): unknown => JSON.parse(source),
    catch: (cause) => (cause instanceof Error ? cause.message : String(cause)),
  });

/** An optional flag whose value is JSON, such as `'{"ema_fast": 12}'`. */
export const flag = (name: string, description: string) =>
  Flag.String(name).pipe(
    Flag.withDescription(description),
    Flag.mapTryCatch(
      (source) => Result.getOrThrowWith(parse(source), (reason) => new Error(reason)),
      (cause) => `JSON (${cause instanceof Error ? cause.message : String(cause)})`,
    ),
    Flag.optional,
  );
