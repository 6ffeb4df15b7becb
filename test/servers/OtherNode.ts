import { spawnSync } from "node:child_process";
import { realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import * as Binary from "./Binary.ts";

/** A Node of another major version than this one, such as the machine's own; null when there is none. */
export const executable = (): string | null => {
  found ??= { path: search() };
  return found.path;
};

let found: { readonly path: string | null } | undefined;

/** Null when there is one, else what to install. */
export const available = (): string | null =>
  executable() === null
    ? `no second Node found beside ${process.version}; put another version (20 or newer) on the PATH, or name it in STROM_OTHER_NODE`
    : null;

const search = (): string | null => {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const candidates = [
    process.env.STROM_OTHER_NODE,
    ...folders.map((folder) => join(folder, "node")),
    "/usr/local/bin/node",
    "/usr/bin/node",
  ].filter((path) => path !== undefined && Binary.isExecutable(path));
  return candidates.find((path) => path !== undefined && isOther(path)) ?? null;
};

const isOther = (path: string): boolean => {
  if (realpathSync(path) === realpathSync(process.execPath)) return false;
  const { stdout } = spawnSync(path, ["--version"], { encoding: "utf8" });
  const [major = "0"] = (stdout ?? "").trim().replace("v", "").split(".");
  return Number(major) >= 20 && `v${major}` !== process.version.split(".")[0];
};
