import type { ConfigProvider } from "effect";
import { Effect, Redacted, Result } from "effect";
import * as LogLevel from "./LogLevel.ts";

/** The text is not what the variable can mean; the variable itself says what would be. */
export const wrong = "wrong";

export type Parse<A> = (text: string) => Result.Result<A, typeof wrong>;

/** One environment variable: its name, what it means, and how its text becomes a value. */
export interface Variable<A> {
  readonly name: string;
  readonly meaning: string;
  /** What would be a right value, as the end of the sentence "it should be …". */
  readonly right: string;
  /** The text that stands for an unset variable; `null` when it may stay unset. */
  readonly fallback: string | null;
  readonly isSecret: boolean;
  readonly whenUnset: Result.Result<A, string>;
  readonly parse: Parse<A>;
}

interface Secret<A> {
  readonly secret: Parse<A>;
}

/** Marks a value that may never be printed. */
export const secret = (parse: Parse<string>): Secret<Redacted.Redacted<string>> => ({
  secret: (text) => Result.map(parse(text), (value) => Redacted.make(value)),
});

interface Described {
  readonly meaning: string;
  readonly right: string;
}

export const make: {
  <A>(
    name: string,
    parse: Parse<A> | Secret<A>,
    about: Described & { readonly fallback: string },
  ): Variable<A>;
  <A>(name: string, parse: Parse<A> | Secret<A>, about: Described): Variable<A | null>;
} = <A>(
  name: string,
  how: Parse<A> | Secret<A>,
  about: Described & { readonly fallback?: string },
): Variable<A | null> => {
  const isSecret = "secret" in how;
  const parse = isSecret ? how.secret : how;
  const { fallback = null, meaning, right } = about;
  const whenUnset =
    fallback === null
      ? Result.succeed(null)
      : Result.mapError(parse(fallback), () => `${name}: its own default ${fallback} is wrong`);
  return { name, meaning, right, fallback, isSecret, whenUnset, parse };
};

/** The text of a variable; empty counts as not set, as shells and compose files write it. */
export const lookup = (
  provider: ConfigProvider.ConfigProvider,
  name: string,
): Effect.Effect<string | undefined> =>
  provider.load([name]).pipe(
    Effect.map((node) => (node === undefined || node.value === undefined ? undefined : node.value.trim())),
    Effect.map((text) => (text === "" ? undefined : text)),
    Effect.orDie,
  );

/** The value, or a sentence that names the variable, its text (unless secret) and what would be right. */
export const parse = <A>(variable: Variable<A>, text: string | undefined): Result.Result<A, string> =>
  text === undefined
    ? variable.whenUnset
    : Result.mapError(
        variable.parse(text),
        () => `${variable.name} is ${shown(variable, text)}; it should be ${variable.right}`,
      );

export const shown = (variable: Variable<unknown>, text: string): string =>
  variable.isSecret ? "<redacted>" : JSON.stringify(text);

export const text: Parse<string> = (text) => Result.succeed(text);

export const matching =
  (pattern: RegExp): Parse<string> =>
  (text) =>
    pattern.test(text) ? Result.succeed(text) : Result.fail(wrong);

export const oneOf =
  <const A extends string>(...allowed: ReadonlyArray<A>): Parse<A> =>
  (text) => {
    const found = allowed.find((value) => value === text);
    return found === undefined ? Result.fail(wrong) : Result.succeed(found);
  };

export const logLevel: Parse<LogLevel.LogLevel> = (text) =>
  Result.fromNullishOr(LogLevel.of(text), () => wrong);

export const url =
  (...protocols: ReadonlyArray<string>): Parse<string> =>
  (text) =>
    URL.canParse(text) && protocols.includes(new URL(text).protocol)
      ? Result.succeed(text)
      : Result.fail(wrong);

export const integer =
  (range: { readonly from: number; readonly to: number }): Parse<number> =>
  (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return value >= range.from && value <= range.to ? Result.succeed(value) : Result.fail(wrong);
  };

export const number =
  (range: { readonly above: number; readonly to: number }): Parse<number> =>
  (text) => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    return value > range.above && value <= range.to ? Result.succeed(value) : Result.fail(wrong);
  };

const maxInt64 = 2n ** 63n - 1n;

/** A whole number that fits Postgres `bigint`. */
export const bigint: Parse<bigint> = (text) => {
  const value = /^\d{1,19}$/.test(text) ? BigInt(text) : -1n;
  return value >= 0n && value <= maxInt64 ? Result.succeed(value) : Result.fail(wrong);
};
