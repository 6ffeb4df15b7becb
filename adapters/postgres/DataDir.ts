import * as fs from "node:fs";
import * as path from "node:path";
import type { Scope } from "effect";
import { Effect, Predicate, Result, Schema } from "effect";
import * as DataDirLock from "./DataDirLock.ts";

/** Raised when the folder's contents change in a way an older version could not read. */
const LAYOUT = 1;
const MARKER = "strom.json";
const DRAFT = `${MARKER}.draft`;

/** The data directory cannot be used; the message says why and what to do. Nothing in it was changed. */
export class DataDirRefused extends Schema.TaggedError<DataDirRefused>()("DataDirRefused", {
  folder: Schema.String,
  reason: Schema.Literals(["InUse", "Foreign", "Newer", "NotAFolder", "NotWritable"]),
  message: Schema.String,
}) {}

export interface DataDir {
  readonly folder: string;
  /** Where the database's files are, or will be. */
  readonly database: string;
}

const Marker = Schema.fromJsonString(
  Schema.Struct({ product: Schema.Literal("strom"), layout: Schema.Int, created_at: Schema.String }),
);
const decodeMarker = Schema.decodeUnknownResult(Marker);

const refusal = (folder: string) => ({
  because: (reason: DataDirRefused["reason"], message: string) =>
    new DataDirRefused({ folder, reason, message: `STROM_DATA_DIR ${folder}: ${message}` }),
});

const fromSystem = (folder: string, cause: unknown): DataDirRefused => {
  const code = Predicate.hasProperty(cause, "code") ? String(cause.code) : "";
  if (code === "EEXIST" || code === "ENOTDIR")
    return refusal(folder).because("NotAFolder", "this is a file, or lies under one; name a folder");
  return refusal(folder).because(
    "NotWritable",
    `cannot be written (${code || String(cause)}); choose a folder this user may write to`,
  );
};

/** Whether the folder is ours, is new, or must be left alone. Only reads. */
const inspect = (folder: string): Result.Result<"ours" | "new", DataDirRefused> => {
  const { because } = refusal(folder);
  const names = fs.readdirSync(folder).filter((name) => name !== DRAFT && !DataDirLock.FILES.has(name));
  if (names.length === 0) return Result.succeed("new");
  if (!names.includes(MARKER))
    return Result.fail(
      because(
        "Foreign",
        `is not empty and not ours (it holds ${names.slice(0, 3).join(", ")}); name an empty or a new folder`,
      ),
    );
  const marker = decodeMarker(fs.readFileSync(path.join(folder, MARKER), "utf8"));
  if (Result.isFailure(marker))
    return Result.fail(because("Foreign", `its ${MARKER} is not ours; name another folder`));
  if (marker.success.layout > LAYOUT)
    return Result.fail(
      because(
        "Newer",
        `was written by a newer version (layout ${marker.success.layout}, this one knows ${LAYOUT}); update strom`,
      ),
    );
  return Result.succeed("ours");
};

/** The marker appears whole or not at all. */
const mark = (folder: string): void => {
  const draft = path.join(folder, DRAFT);
  const marker = { product: "strom", layout: LAYOUT, created_at: new Date().toISOString() };
  fs.writeFileSync(draft, `${JSON.stringify(marker)}\n`);
  fs.renameSync(draft, path.join(folder, MARKER));
};

/** One level at a time: Node's own recursion never ends where the file system makes no folders, as in /proc. */
const make = (folder: string): void => {
  if (fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  if (path.dirname(folder) !== folder) make(path.dirname(folder));
  try {
    fs.mkdirSync(folder);
  } catch (cause) {
    // Another process may have made it meanwhile.
    if (fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) throw cause;
  }
};

const acquire = (folder: string): Result.Result<DataDirLock.DataDirLock, DataDirRefused> => {
  make(folder);
  const before = inspect(folder);
  if (Result.isFailure(before)) return Result.fail(before.failure);
  const taken = DataDirLock.acquire(folder);
  if ("heldBy" in taken) {
    const who = taken.heldBy === null ? "another process" : `process ${taken.heldBy}`;
    return Result.fail(
      refusal(folder).because("InUse", `${who} is using it; stop it, or name another folder`),
    );
  }
  const after = inspect(folder);
  if (Result.isFailure(after)) {
    taken.lock.release();
    return Result.fail(after.failure);
  }
  if (after.success === "new") mark(folder);
  return Result.succeed(taken.lock);
};

/** Whether the folder is missing or empty, so that opening it would begin a new record. Only looks. */
export const isNew = (name: string): Effect.Effect<boolean> =>
  Effect.sync(() => {
    const folder = path.resolve(name);
    const found = fs.statSync(folder, { throwIfNoEntry: false });
    if (found === undefined || !found.isDirectory()) return found === undefined;
    const inside = inspect(folder);
    return Result.isSuccess(inside) && inside.success === "new";
  });

/** Takes the data directory for this process alone until the scope closes, making it when it is not there. */
export const open = (name: string): Effect.Effect<DataDir, DataDirRefused, Scope.Scope> => {
  const folder = path.resolve(name);
  return Effect.acquireRelease(
    Effect.flatMap(
      Effect.try({ try: () => acquire(folder), catch: (cause) => fromSystem(folder, cause) }),
      Effect.fromResult,
    ),
    (lock) => Effect.sync(lock.release),
  ).pipe(Effect.as({ folder, database: path.join(folder, "postgres") }));
};
