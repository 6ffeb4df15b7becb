import { DatabaseUnavailable } from "@strom/core/ports";
import { Cause, Effect, Predicate } from "effect";
import type { SqlError } from "effect/sql/SqlError";
import { isSqlError } from "effect/sql/SqlError";

/**
 * Serialization, deadlock, lock and statement timeouts, a server that goes down or only lets read, as one that is
 * about to change places with its replica: the same step may succeed if it runs again.
 */
const RETRYABLE = new Set([
  "25006",
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

/**
 * The SQLSTATE behind a failure, or null when no server said one. A socket's own
 * code may look like one (EPIPE has five letters), but only a server tells a severity.
 */
export const sqlState = (error: SqlError): string | null => {
  const cause = error.reason.cause;
  return Predicate.hasProperty(cause, "severity") &&
    Predicate.hasProperty(cause, "code") &&
    Predicate.isString(cause.code)
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

/** What the server or the socket said, in its own words. */
export const detail = (error: SqlError): string => {
  const cause = error.reason.cause;
  const said =
    Predicate.hasProperty(cause, "message") && Predicate.isString(cause.message) ? cause.message : "";
  return said === "" ? error.message : said;
};

const unavailable = (error: SqlError): DatabaseUnavailable =>
  new DatabaseUnavailable({
    message: `the database is not available: ${detail(error)}`,
    sqlState: sqlState(error),
    cause: error,
  });

/**
 * Draws the line between what a caller can wait out, which becomes
 * DatabaseUnavailable, and what is our own mistake, which dies with the SqlError.
 */
export const orUnavailable = <A, E, R>(
  self: Effect.Effect<A, E, R>,
): Effect.Effect<A, Exclude<E, SqlError> | DatabaseUnavailable, R> =>
  Effect.catch(self, (error): Effect.Effect<never, Exclude<E, SqlError> | DatabaseUnavailable> => {
    if (!isSqlError(error)) return Effect.fail(error as Exclude<E, SqlError>);
    return isTransient(error) ? Effect.fail(unavailable(error)) : Effect.die(error);
  });

/** The lost connection among a cause's defects, if it is there. */
const lostConnection = (cause: Cause.Cause<unknown>): SqlError | undefined => {
  for (const reason of cause.reasons)
    if (Cause.isDieReason(reason) && isSqlError(reason.defect) && isTransient(reason.defect))
      return reason.defect;
  return undefined;
};

/**
 * A transaction whose connection is gone cannot roll back, and says so with a
 * defect, which makes defects of the step's own errors too. The server has rolled
 * back by then: the step may simply run again, and fail for its own reason if it has one.
 */
export const withoutLostRollback = <A, E, R>(
  self: Effect.Effect<A, E, R>,
): Effect.Effect<A, E | SqlError, R> =>
  Effect.catchCause(self, (cause): Effect.Effect<never, E | SqlError> => {
    const lost = lostConnection(cause);
    if (lost === undefined) return Effect.failCause(cause);
    const interrupts = cause.reasons.filter(Cause.isInterruptReason);
    return interrupts.length > 0 ? Effect.failCause(Cause.fromReasons(interrupts)) : Effect.fail(lost);
  });
