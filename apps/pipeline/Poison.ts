import { Event } from "@strom/core";
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

/** True when the failure is about what was processed, so that nobody could. */
export const isPoison = (cause: Cause.Cause<unknown>): boolean => {
  if (Cause.hasInterrupts(cause)) return false;
  const error = Cause.squash(cause);
  if (error instanceof Event.EventNewer) return false;
  const state = sqlStateOf(error);
  return state === null || ABOUT_DATA.test(state);
};

/** The longest a reason is kept. */
const REASON_LENGTH = 2_000;

const said = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause);
  if (isSqlError(error)) {
    const inner = error.reason.cause;
    const message = Predicate.hasProperty(inner, "message") ? String(inner.message) : error.message;
    return `the database refused it: ${message}`;
  }
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return "an error that cannot be put into words";
  }
};

/**
 * One sentence for the dead letter. A strategy may throw anything, and Postgres takes neither a NUL nor half of a
 * pair of surrogates: a reason it refused would keep the event, and all behind it, from being put aside.
 */
export const reason = (cause: Cause.Cause<unknown>): string =>
  said(cause).replaceAll("\0", "\\0").slice(0, REASON_LENGTH).toWellFormed();
