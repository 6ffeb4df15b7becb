import * as fs from "node:fs";
import * as path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Predicate } from "effect";

/**
 * A lock that the kernel gives back when its holder dies, however it dies.
 *
 * Node offers no file locks of its own, but SQLite, which it carries, takes real
 * ones: a transaction that stays open on an empty database file holds the lock
 * and writes nothing. Unlike a pid file it cannot go stale, unlike a socket it
 * has no limit on the length of the path, and it works across containers that
 * share the folder.
 */
export interface DataDirLock {
  readonly release: () => void;
}

/** The lock's own files: they may be in a folder that is not yet ours. */
export const FILES: ReadonlySet<string> = new Set(["lock", "lock-journal", "lock-wal", "lock-shm", "holder"]);

const isBusy = (cause: unknown): boolean =>
  Predicate.hasProperty(cause, "errcode") &&
  Predicate.isNumber(cause.errcode) &&
  (cause.errcode & 0xff) === 5;

/** Takes the lock of an existing folder, or answers the pid of who holds it (null when it left none). */
export const acquire = (
  folder: string,
): { readonly lock: DataDirLock } | { readonly heldBy: number | null } => {
  const holder = path.join(folder, "holder");
  const database = new DatabaseSync(path.join(folder, "lock"), { timeout: 0 });
  try {
    database.exec("pragma journal_mode = memory");
    database.exec("begin exclusive");
  } catch (cause) {
    database.close();
    if (!isBusy(cause)) throw cause;
    const pid = fs.existsSync(holder) ? Number.parseInt(fs.readFileSync(holder, "utf8"), 10) : Number.NaN;
    return { heldBy: Number.isInteger(pid) ? pid : null };
  }
  fs.writeFileSync(holder, `${process.pid}\n`);
  return {
    lock: {
      release: () => {
        fs.rmSync(holder, { force: true });
        database.close();
      },
    },
  };
};
