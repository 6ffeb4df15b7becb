import type { ChildProcess } from "node:child_process";
import { execFileSync, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import * as Watchdog from "./Watchdog.ts";

/** A server process we started: it cannot outlive us, and it can be killed, frozen and waited for. */
export interface Child {
  readonly pid: number;
  readonly isRunning: () => boolean;
  /** What it ended with; null while it runs, and when a signal ended it. */
  readonly exitCode: () => number | null;
  /** Sends a signal to the server and every process below it. */
  readonly signal: (signal: NodeJS.Signals) => void;
  /** SIGKILL to the whole tree, as a power cut would; resolves when all of it is gone. */
  readonly kill: () => Promise<void>;
  /** Asks the server to stop, and kills it when it has not within `withinMs`. */
  readonly stop: (signal: NodeJS.Signals, withinMs?: number) => Promise<void>;
}

export interface Options {
  readonly command: string;
  readonly args: ReadonlyArray<string>;
  /** Also its working directory. */
  readonly folder: string;
  /** Both streams are appended here. */
  readonly logFile: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly identity?: { readonly uid: number; readonly gid: number } | undefined;
}

const live = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of live) child.kill("SIGKILL");
});

export const start = async (options: Options): Promise<Child> => {
  const log = openSync(options.logFile, "a");
  const child = spawn(options.command, options.args, {
    cwd: options.folder,
    stdio: ["ignore", log, log],
    env: { PATH: process.env.PATH, HOME: options.folder, LC_ALL: "C", TZ: "UTC", ...options.env },
    ...options.identity,
  });
  closeSync(log);
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => {
      live.delete(child);
      if (child.pid !== undefined) Watchdog.ended(child.pid);
      resolve();
    });
  });
  await new Promise<void>((resolve, reject) => child.once("spawn", resolve).once("error", reject));
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${options.command} did not start`);
  live.add(child);
  Watchdog.started(pid);

  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  const signal = (name: NodeJS.Signals): void => {
    if (isRunning()) for (const id of tree(pid)) send(id, name);
  };
  const kill = async (): Promise<void> => {
    // What stands still starts nothing while we look for what it has started.
    if (isRunning()) send(pid, "SIGSTOP");
    const all = isRunning() ? tree(pid) : [];
    for (const id of all) send(id, "SIGKILL");
    await exited;
    await until(() => !all.some(isAlive), 10_000, `${options.command} to be gone`);
  };
  const stop = async (name: NodeJS.Signals, withinMs = 10_000): Promise<void> => {
    if (!isRunning()) return;
    send(pid, name);
    // A frozen server would never see the signal.
    signal("SIGCONT");
    const timer = setTimeout(() => void kill(), withinMs);
    await exited;
    clearTimeout(timer);
  };
  return { pid, isRunning, exitCode: () => child.exitCode, signal, kill, stop };
};

/** The process and its descendants, parents first. */
const tree = (pid: number): ReadonlyArray<number> => {
  const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const found = [pid];
  for (const parent of found) {
    for (const [id, ppid] of rows) if (ppid === parent && id !== undefined) found.push(id);
  }
  return found;
};

const send = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone in the meantime.
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch {
    return false;
  }
};

const isZombie = (pid: number): boolean => {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
};

/** Waits until `isTrue`, looking every 20 ms. */
export const until = async (
  isTrue: () => boolean | Promise<boolean>,
  withinMs: number,
  what: string,
): Promise<void> => {
  const deadline = performance.now() + withinMs;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
