import { mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Effect, Predicate } from "effect";

/** Why a path cannot be written, in words for whoever named it. */
export const reasonOf = (cause: unknown): string => {
  const code = Predicate.hasProperty(cause, "code") ? cause.code : undefined;
  if (code === "EISDIR") return "it is a folder; name a file in it, such as report.html";
  if (code === "EEXIST" || code === "ENOTDIR") return "a file is where its folder should be";
  if (code === "EACCES" || code === "EROFS") return "this user may not write there";
  if (code === "ENOENT") return "no folder can be made there";
  return cause instanceof Error ? cause.message : String(cause);
};

const isFolder = async (path: string): Promise<boolean> => {
  const found = await stat(path).catch(() => null);
  if (found !== null && !found.isDirectory()) throw Object.assign(new Error(path), { code: "ENOTDIR" });
  return found !== null;
};

/** One level at a time: Node's own recursion never ends where the file system makes no folders, as in /proc. */
const makeEach = async (folder: string): Promise<void> => {
  if (await isFolder(folder)) return;
  await makeEach(dirname(folder));
  await mkdir(folder).catch(async (cause) => {
    // Somebody else may have made it meanwhile.
    if (!(await isFolder(folder))) throw cause;
  });
};

/** Makes the folder and whatever is missing above it. Fails with the reason. */
export const make = (folder: string): Effect.Effect<void, string> =>
  Effect.tryPromise({ try: () => makeEach(resolve(folder)), catch: reasonOf });
