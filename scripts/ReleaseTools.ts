import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./Checks.ts";

/**
 * Tools that only a release needs: 80 MB that `npm start` should not wait for. They have a lock file of their
 * own and are installed the first time they are asked for.
 */
const folder = join(root, "scripts/release");

export const isInstalled = (): boolean => existsSync(join(folder, "node_modules/.package-lock.json"));

/** The path of a tool's program, installing the tools when they are not there. */
export const program = (path: string): string => {
  if (!isInstalled()) {
    console.error("installing the release tools (once) …");
    execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--silent"], { cwd: folder, stdio: "inherit" });
  }
  return join(folder, "node_modules", path);
};
