import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root } from "../Checks.ts";

/** The workspaces, as packages see each other. */
const own = ["core", "adapters", "apps", "migrations", "bench"];

const files = (): ReadonlyArray<string> =>
  execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  })
    .split("\0")
    .filter((file) => file !== "" && existsSync(join(root, file)));

/** Packages of others are shared, ours are the copy's own: a mutant must never be looked up in the original. */
const link = (copy: string): void => {
  const modules = join(root, "node_modules");
  mkdirSync(join(copy, "node_modules/@strom"), { recursive: true });
  for (const name of readdirSync(modules)) {
    if (name !== "@strom") symlinkSync(join(modules, name), join(copy, "node_modules", name));
  }
  for (const name of own) symlinkSync(join(copy, name), join(copy, "node_modules/@strom", name));
};

/** A copy of the checkout as it is now, to be broken; the folder, and what removes it. */
export const copy = (): { readonly folder: string; readonly remove: () => void } => {
  const folder = mkdtempSync(join(tmpdir(), "strom-mutants-"));
  for (const file of files()) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  link(folder);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
};
