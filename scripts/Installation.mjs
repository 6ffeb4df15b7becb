import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const modules = path.join(root, "node_modules");
const pinned = path.join(modules, "node", "bin", "node");

/** Where the project is and the Node to run it on; installs first when `node_modules` is not what the lock file says. */
export const ensureInstalled = async () => {
  if (!isInstalled()) await alone(install);
  return { root, node: nodeToRunOn() };
};

const readJson = (file) => {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
};

/**
 * npm keeps what it installed in `node_modules/.package-lock.json`. The two lists are compared by content, not
 * by time: a checkout may touch the lock file without changing it, or change it to something older.
 */
const isInstalled = () => {
  const wanted = readJson(path.join(root, "package-lock.json"))?.packages;
  const present = readJson(path.join(modules, ".package-lock.json"))?.packages;
  if (wanted === undefined || present === undefined) return false;
  if (!fs.existsSync(pinned) && !runs(process.execPath)) return false;
  return Object.entries(wanted).every(([where, entry]) => {
    if (where === "") return true;
    const found = present[where];
    // Left out by npm when it is for another platform, or a peer that is optional.
    if (found === undefined)
      return entry.optional === true || entry.devOptional === true || entry.peer === true;
    return (
      found.version === entry.version && found.integrity === entry.integrity && found.link === entry.link
    );
  });
};

const install = () => {
  console.error("installing dependencies (once)…");
  const run = npm([
    "ci",
    "--no-audit",
    "--no-fund",
    "--no-progress",
    "--loglevel=error",
    // NODE_ENV=production or a user's `omit` would leave out the Node this runs on.
    "--include=dev",
    "--include=optional",
  ]);
  return run.then(() => completeNode()).then(() => prepareDatabase());
};

/**
 * A first start copies its embedded database from a template; making that takes seconds, so it is made here, once.
 * Where it cannot be made the first start makes its own.
 */
const prepareDatabase = () =>
  output(nodeToRunOn(), [path.join("adapters", "postgres", "PgliteTemplate.ts")], root);

/** Runs npm with its output held back, and shown when it fails. */
const npm = (args) => {
  const fromNpm = process.env.npm_execpath ?? "";
  const [command, first] = /npm-cli\.c?js$/.test(fromNpm) ? [process.execPath, [fromNpm]] : ["npm", []];
  return output(command, [...first, ...args], root).then(({ code, text }) => {
    if (code === 0) return;
    throw new Error(
      `npm could not install the dependencies (npm ${args[0]} ended with ${code}):\n${text.trim()}`,
    );
  });
};

const output = (command, args, cwd) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    const chunks = [];
    child.stdout.on("data", (chunk) => chunks.push(chunk));
    child.stderr.on("data", (chunk) => chunks.push(chunk));
    child.on("error", (error) =>
      reject(
        error.code === "ENOENT" && command === "npm"
          ? new Error("npm is not on the PATH; it comes with Node: install Node 20 or newer with it.")
          : error,
      ),
    );
    child.on("close", (code) => resolve({ code, text: Buffer.concat(chunks).toString() }));
  });

/** The `node` package fetches its binary in an install script. Where npm does not run those, it is run here. */
const completeNode = async () => {
  if (fs.existsSync(pinned)) return;
  const folder = path.join(modules, "node");
  if (!fs.existsSync(folder)) return;
  const { code, text } = await output(process.execPath, ["installArchSpecificPackage.js"], folder);
  if (code !== 0 && !runs(process.execPath)) {
    throw new Error(
      `the pinned Node could not be installed for ${process.platform} on ${process.arch}. ` +
        `Install Node 24 yourself and run this again with it.\n${text.trim()}`,
    );
  }
};

/** Whether this Node starts here and is new enough to run TypeScript sources as they are. */
const runs = (node) => {
  if (node === process.execPath) return Number(process.versions.node.split(".")[0]) >= 24;
  return spawnSync(node, ["--version"], { stdio: "ignore" }).status === 0;
};

const nodeToRunOn = () => {
  if (fs.existsSync(pinned) && runs(pinned)) return pinned;
  if (runs(process.execPath)) return process.execPath;
  throw new Error(
    `the pinned Node does not run here (${process.platform} on ${process.arch}), and this Node is ${process.versions.node}. ` +
      "Install Node 24 and run this again with it.",
  );
};

/** Runs `work` in one process at a time for this checkout; whoever waited looks again whether it is still needed. */
const alone = async (work) => {
  const user = os.userInfo().uid;
  const key = createHash("sha256").update(`${user}:${root}`).digest("hex").slice(0, 16);
  const lock = path.join(os.tmpdir(), `strom-install-${key}`);
  let isToldToWait = false;
  while (!take(lock)) {
    if (!isToldToWait) console.error("another process is installing the dependencies; waiting for it…");
    isToldToWait = true;
    await sleep(300);
  }
  const release = () => fs.rmSync(lock, { force: true });
  const stop = (signal) => {
    release();
    process.exit(128 + os.constants.signals[signal]);
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    if (!isInstalled()) await work();
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    release();
  }
};

/** A lock whose holder is gone is taken over: a killed install must not block the next one. */
const take = (lock) => {
  try {
    fs.writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  const holder = readText(lock);
  if (isHeld(lock, holder)) return false;
  const stale = `${lock}.${process.pid}`;
  try {
    fs.renameSync(lock, stale);
    // Someone may have taken it over in between: then it is theirs, and goes back.
    if (readText(stale) !== holder) fs.linkSync(stale, lock);
  } catch {
    // The other one was faster; the next try sees its lock.
  }
  fs.rmSync(stale, { force: true });
  return false;
};

const isHeld = (lock, holder) => {
  // Empty while it is being written, or for good when that was interrupted.
  if (holder === "") return Date.now() - (fs.statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0) < 5000;
  return isAlive(Number.parseInt(holder, 10));
};

const readText = (file) => {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
};

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
};
