import { Cause, Predicate } from "effect";
import { isSqlError } from "effect/sql/SqlError";

/**
 * Tells an event that cannot be processed from a stage that cannot work. The first is put aside; the second waits,
 * since putting aside every event there is would lose them all.
 */

/** What the database refuses about the data at hand: out of range, not unique, against a constraint or a guard. */
const ABOUT_DATA = /^(22|23|P0)/;

const sqlStateOf = (error: unknown): string | null => {
  if (!isSqlError(error)) return null;
  const cause = error.reason.cause;
  return Predicate.hasProperty(cause, "code") && Predicate.isString(cause.code) ? cause.code : "";
};

/** True when the failure is about what was processed, so that less of it may succeed. */
export const isPoison = (cause: Cause.Cause<unknown>): boolean => {
  if (Cause.hasInterrupts(cause)) return false;
  const state = sqlStateOf(Cause.squash(cause));
  return state === null || ABOUT_DATA.test(state);
};

/** One sentence for the dead letter. */
export const reason = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause);
  if (isSqlError(error)) {
    const inner = error.reason.cause;
    const said = Predicate.hasProperty(inner, "message") ? String(inner.message) : error.message;
    return `the database refused it: ${said}`;
  }
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
};
