import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";

/** A text file of the project. `path` is relative to its root, with forward slashes. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** A broken rule: where, and what would be right. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

export const root: string = join(import.meta.dirname, "..", "..");

/** Beside `.strom`, for a second record, lie others whose names begin so; `strategies` at the top are the user's. */
const isNotOurs = (path: string): boolean =>
  /(^|\/)(node_modules|\.git|\.strom[^/]*|dist|coverage|\.vite)$|^strategies$/.test(path);
const TEXT =
  /\.(ts|mts|mjs|js|json|md|yaml|yml|nix|html|css|sh|service|sql|csv)$|(^|\/)(LICENSE|Dockerfile|run|\.\w+)$/;

/** Every text file of the checkout, found without git, since a tarball has none. */
export const all = (): ReadonlyArray<Source> => walk("").map((path) => ({ path, text: read(path) }));

const read = (path: string): string => readFileSync(join(root, path), "utf8");

const walk = (folder: string): ReadonlyArray<string> =>
  readdirSync(join(root, folder)).flatMap((name) => {
    const path = posix.join(folder, name);
    if (isNotOurs(path)) return [];
    if (statSync(join(root, path)).isDirectory()) return walk(path);
    return TEXT.test(path) ? [path] : [];
  });

export const isCode = (path: string): boolean => /\.(ts|mts|mjs)$/.test(path);

/** One finding for each match of `pattern` (which needs the g flag). */
export const matches = (
  { path, text }: Source,
  pattern: RegExp,
  message: (match: RegExpMatchArray) => string | null,
): ReadonlyArray<Finding> =>
  [...text.matchAll(pattern)].flatMap((match) => {
    const said = message(match);
    if (said === null) return [];
    const start = match.index + match[0].search(/\S/);
    return [{ path, line: text.slice(0, start).split("\n").length, message: said }];
  });

export const show = ({ path, line, message }: Finding): string => `${path}:${line} ${message}`;
