import { DatabaseUnavailable } from "@strom/core/ports";
import { Effect, Predicate } from "effect";
import type { SqlError } from "effect/sql/SqlError";
import { isSqlError } from "effect/sql/SqlError";

/** Serialization, deadlock, lock and statement timeouts: the same step may succeed if it runs again. */
const RETRYABLE = new Set([
  "40001",
  "40P01",
  "55P03",
  "57014",
  "25P03",
  "53300",
  "57P01",
  "57P02",
  "57P03",
  "57P05",
]);

/** The SQLSTATE behind a failure, or null when no server said one. */
export const sqlState = (error: SqlError): string | null => {
  const cause = error.reason.cause;
  return Predicate.hasProperty(cause, "code") && Predicate.isString(cause.code) && cause.code.length === 5
    ? cause.code
    : null;
};

/** The constraint or guard that refused, by its name in the schema; null when none did. */
export const constraint = (error: SqlError): string | null => {
  const cause = error.reason.cause;
  return Predicate.hasProperty(cause, "constraint") && Predicate.isString(cause.constraint)
    ? cause.constraint
    : null;
};

/** Whether the same step may succeed if it is run again. A lost connection leaves a COMMIT's outcome unknown. */
export const isTransient = (error: SqlError): boolean => {
  const state = sqlState(error);
  return state === null
    ? error.reason._tag === "ConnectionError"
    : state.startsWith("08") || RETRYABLE.has(state);
};

const detail = (error: SqlError): string => {
  const cause = error.reason.cause;
  const said =
    Predicate.hasProperty(cause, "message") && Predicate.isString(cause.message) ? cause.message : "";
  return said === "" ? error.message : said;
};

/**
 * Draws the line between what a caller can wait out, which becomes
 * DatabaseUnavailable, and what is our own mistake, which dies with the SqlError.
 */
export const orUnavailable = <A, E, R>(
  self: Effect.Effect<A, E, R>,
): Effect.Effect<A, Exclude<E, SqlError> | DatabaseUnavailable, R> =>
  Effect.catch(self, (error): Effect.Effect<never, Exclude<E, SqlError> | DatabaseUnavailable> => {
    if (!isSqlError(error)) return Effect.fail(error as Exclude<E, SqlError>);
    return isTransient(error)
      ? Effect.fail(
          new DatabaseUnavailable({
            message: `the database is not available: ${detail(error)}`,
            sqlState: sqlState(error),
            cause: error,
          }),
        )
      : Effect.die(error);
  });
