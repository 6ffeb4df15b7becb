import { execFile } from "node:child_process";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { PGlite } from "@electric-sql/pglite";
import { Predicate } from "effect";

/**
 * A freshly initialised cluster to copy from. Making one takes PGlite 3 s and
 * more than 1 GB for a moment, so it is made once an installation, in a process
 * of its own, and kept beside the dependencies; a copy takes a tenth of a second.
 *
 * Run by hand: `node adapters/postgres/PgliteTemplate.ts`
 */

/** Small segments: a young database is 30 MB instead of 60. */
const INITDB = ["--wal-segsize=1"];

const packageFolder = (): string => {
  const entry = createRequire(import.meta.url).resolve("@electric-sql/pglite");
  const end = entry.lastIndexOf(path.join("@electric-sql", "pglite"));
  return path.join(entry.slice(0, end), "@electric-sql", "pglite");
};

/** Where the template of this very version of PGlite is kept, whether or not it is there yet. */
export const location = (): string => {
  const root = packageFolder();
  const { version }: { version: string } = JSON.parse(
    fs.readFileSync(path.join(root, "package.json"), "utf8"),
  );
  return path.join(root, "..", "..", ".cache", "strom", `postgres-${version}`);
};

export const isReady = (): boolean => fs.existsSync(path.join(location(), "PG_VERSION"));

/** Drafts of processes that were killed. */
const removeAbandoned = (folder: string): void => {
  const [parent, name] = [path.dirname(folder), path.basename(folder)];
  for (const entry of fs.readdirSync(parent)) {
    const pid = entry.startsWith(`${name}.`) ? /\.(\d+)\.draft$/.exec(entry)?.[1] : undefined;
    if (pid !== undefined && !isAlive(Number(pid)))
      fs.rmSync(path.join(parent, entry), { recursive: true, force: true });
  }
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (cause) {
    // It lives, under another user.
    return Predicate.hasProperty(cause, "code") && cause.code === "EPERM";
  }
};

/** Initialises a cluster in `folder`, which appears whole or not at all. */
const initialise = async (folder: string): Promise<void> => {
  const draft = `${folder}.${process.pid}.draft`;
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  removeAbandoned(folder);
  fs.rmSync(draft, { recursive: true, force: true });
  const database = await PGlite.create({ dataDir: draft, initDbStartParams: INITDB });
  await database.close();
  try {
    fs.renameSync(draft, folder);
  } catch (cause) {
    fs.rmSync(draft, { recursive: true, force: true });
    // Someone else was faster.
    if (!fs.existsSync(path.join(folder, "PG_VERSION"))) throw cause;
  }
};

const spawn = (folder: string): Promise<unknown> =>
  promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), folder]);

/** Puts a fresh cluster into `folder`, from the template when there is one or one can be made. */
export const copyTo = async (folder: string): Promise<void> => {
  const template = location();
  if (!isReady()) {
    try {
      await spawn(template);
    } catch {
      // The dependencies may be read-only: then the template is made where it is needed.
      return void (await spawn(folder));
    }
  }
  fs.cpSync(template, folder, { recursive: true });
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? location();
  if (!fs.existsSync(path.join(folder, "PG_VERSION"))) await initialise(folder);
}
