import { readdir, stat } from "node:fs/promises";
import { registerHooks } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Strategy } from "@strom/core";
import { Effect, Schema } from "effect";

/** A file, or a folder, that holds no strategy that can be used: which one, where in it, and why. */
export class StrategyFileInvalid extends Schema.TaggedError<StrategyFileInvalid>()("StrategyFileInvalid", {
  file: Schema.String,
  /** 1-based, 0 when the whole file is meant. */
  line: Schema.Int,
  reason: Schema.String,
}) {
  override get message() {
    return `${this.file}${this.line > 0 ? `:${this.line}` : ""}: ${this.reason}`;
  }
}

const isStrategyFile = (name: string): boolean =>
  /\.(ts|mts|js|mjs)$/.test(name) && !/\.(test|spec)\.|\.d\.m?ts$|^[._]/.test(name);

/** The strategy files of a folder in order of their names; tests, declarations and hidden files are none. */
export const list = Effect.fnUntraced(function* (
  folder: string,
): Effect.fn.Return<ReadonlyArray<string>, StrategyFileInvalid> {
  const names = yield* Effect.tryPromise({
    try: () => readdir(folder),
    catch: (cause) => invalid(folder, `not a folder that can be read: ${reasonOf(cause)}`),
  });
  return names
    .filter(isStrategyFile)
    .sort()
    .map((name) => join(folder, name));
});

/** Every strategy a file exports, under whatever names. Runs the file's code. */
export const load = Effect.fnUntraced(function* (
  path: string,
): Effect.fn.Return<ReadonlyArray<Strategy.Any>, StrategyFileInvalid> {
  const url = pathToFileURL(resolve(path)).href;
  const found = yield* Effect.promise(() => stat(path).catch(() => null));
  if (found === null) return yield* invalid(path, "there is no such file");
  if (!found.isFile()) return yield* invalid(path, "it is no file; name one in it, such as my-strategy.ts");
  lendPackages();
  const module = yield* Effect.tryPromise({
    try: (): Promise<object> => import(url),
    catch: (cause) => failure(path, url, cause),
  });
  const strategies = [...new Set(Object.values(module).filter(isStrategy))];
  if (strategies.length === 0) {
    return yield* invalid(
      path,
      `it exports no strategy; export what Strategy.make returns (it exports ${Object.keys(module).join(", ") || "nothing"})`,
    );
  }
  return strategies;
});

const isStrategy = (value: unknown): value is Strategy.Any => {
  if (typeof value !== "object" || value === null) return false;
  const has = (key: string, kind: string): boolean => typeof Reflect.get(value, key) === kind;
  return (
    ["key", "name", "description", "id"].every((key) => has(key, "string")) &&
    ["init", "step", "warmup", "scan", "decodeParams"].every((key) => has(key, "function")) &&
    has("paramsSchema", "object")
  );
};

const invalid = (file: string, reason: string, line = 0): StrategyFileInvalid =>
  new StrategyFileInvalid({ file, line, reason });

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

const reasonOf = (cause: unknown): string => {
  const code: unknown = cause instanceof Error ? Reflect.get(cause, "code") : undefined;
  if (code === "ENOENT") return "there is none of that name";
  if (code === "ENOTDIR") return "it is a file";
  if (code === "EACCES") return "this user may not read it";
  return messageOf(cause);
};

/** What importing it threw, with the line of the file that the stack names first. */
const failure = (path: string, url: string, cause: unknown): StrategyFileInvalid => {
  const stack = cause instanceof Error ? (cause.stack ?? "") : "";
  const at = [url, resolve(path)].map((place) => stack.indexOf(`${place}:`)).find((index) => index >= 0);
  const line = at === undefined ? 0 : Number(/:(\d+)/.exec(stack.slice(at).replace(/^file:/, ""))?.[1] ?? 0);
  const [first = ""] = messageOf(cause).split("\n");
  return invalid(path, `it cannot be loaded: ${first}`, line);
};

let isLent = false;

/**
 * A strategy file may lie anywhere, far from any `node_modules`: the packages of its trade are then found where
 * this file finds them. Its own, where it has them, come first.
 */
const lendPackages = (): void => {
  if (isLent) return;
  isLent = true;
  registerHooks({
    resolve: (specifier, context, next) => {
      if (!/^(@strom\/core|effect)(\/|$)/.test(specifier)) return next(specifier, context);
      try {
        return next(specifier, context);
      } catch {
        return next(specifier, { ...context, parentURL: import.meta.url });
      }
    },
  });
};
