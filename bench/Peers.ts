import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * The public packages that STROM is measured beside. They weigh more than STROM and are of no use to anyone
 * else, so they have a folder and a lock file of their own and are installed when a bench first asks for them.
 */
const folder = join(import.meta.dirname, "peers");

const ensureInstalled = (): void => {
  if (existsSync(join(folder, "node_modules/.package-lock.json"))) return;
  console.error("installing the packages to measure beside (once) …");
  execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--silent"], { cwd: folder, stdio: "inherit" });
};

const require = createRequire(join(folder, "package.json"));

/** One of them, as Node imports it. What is in it is for the caller to know. */
export const load = async (name: string): Promise<object> => {
  ensureInstalled();
  return import(pathToFileURL(require.resolve(name)).href);
};
