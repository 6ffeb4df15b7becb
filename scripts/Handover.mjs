import { spawn, spawnSync } from "node:child_process";
import { constants } from "node:os";

const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP"];
const ECHO_MS = 500;
const LOOK_MS = 500;

const parentOf = (pid) => {
  const { stdout } = spawnSync("ps", ["-o", "ppid=", "-p", String(pid)], { encoding: "utf8" });
  const parent = Number.parseInt(stdout ?? "", 10);
  return Number.isInteger(parent) && parent > 1 ? [parent] : [];
};

const isAlive = (pid) => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
};

/**
 * npm runs us through a shell, and passes a signal on to that shell only: whoever stops `npm start` would stop
 * npm and the shell, and leave us behind. So when either of the two is gone, what we run is told to stop.
 */
const whenLeftBehind = (deed) => {
  if (process.env.npm_lifecycle_event === undefined || process.ppid <= 1) return;
  const launchers = [process.ppid, ...parentOf(process.ppid)];
  const look = setInterval(() => {
    if (launchers.every(isAlive)) return;
    clearInterval(look);
    deed();
  }, LOOK_MS);
  look.unref();
};

/**
 * Becomes `node args` as far as the caller can tell: same terminal, same signals, same exit code.
 *
 * Ctrl-C reaches the child twice or thrice otherwise: from the terminal, from npm, and from here. A program
 * that stops gracefully on the first would stop at once on the second, so a signal is passed on only when the
 * terminal did not, and not again within half a second.
 */
export const handOver = (node, args, root) => {
  const child = spawn(node, args, { cwd: root, stdio: "inherit" });
  const sentAt = new Map();

  for (const signal of FORWARDED) {
    process.on(signal, () => {
      if (signal === "SIGINT" && process.stdin.isTTY) return;
      const now = Date.now();
      if (now - (sentAt.get(signal) ?? Number.NEGATIVE_INFINITY) < ECHO_MS) return;
      sentAt.set(signal, now);
      child.kill(signal);
    });
  }

  whenLeftBehind(() => {
    if (!sentAt.has("SIGTERM")) child.kill("SIGTERM");
  });

  child.on("error", (error) => {
    console.error(`strom: ${node} does not start: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => {
    process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
  });
};
