import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import * as Child from "./Child.ts";
import * as Folder from "./Folder.ts";

/** A real process of ours, started as an operator would. */
export interface Process {
  readonly pid: number;
  /** Of its health and metrics, or of the API. */
  readonly url: string;
  readonly isRunning: () => boolean;
  /** SIGKILL. */
  readonly kill: () => Promise<void>;
  /** SIGSTOP: it holds what it holds and does nothing. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** SIGTERM; how long it took, in ms, and whether it said it had done so in order. */
  readonly stop: () => Promise<{ readonly tookMs: number; readonly code: number | null }>;
  readonly log: () => string;
  readonly destroy: () => Promise<void>;
}

const program = join(import.meta.dirname, "../../apps/strom.ts");
const ADDRESS = /(?:are|is) at (http:\/\/\S+)/;

/** Starts `strom ARGS…` with these variables and no others of ours, and waits until it says where it is. */
export const start = async (
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>>,
): Promise<Process> => {
  const folder = Folder.make("process");
  const logFile = join(folder, "log");
  writeFileSync(logFile, "");
  const log = (): string => readFileSync(logFile, "utf8");
  const child = await Child.start({
    command: process.execPath,
    args: [program, ...args],
    folder,
    logFile,
    env: { STROM_HTTP_PORT: "0", NO_COLOR: "1", ...env },
  });
  const isUp = (): boolean => {
    if (!child.isRunning()) throw new Error(`strom ${args.join(" ")} ended while starting:\n${log()}`);
    return ADDRESS.test(log());
  };
  await Child.until(isUp, 60_000, `strom ${args.join(" ")} to say where it is`);
  return {
    pid: child.pid,
    url: ADDRESS.exec(log())?.[1] ?? "",
    isRunning: () => child.isRunning(),
    kill: () => child.kill(),
    pause: () => child.signal("SIGSTOP"),
    resume: () => child.signal("SIGCONT"),
    stop: async () => {
      const beganAt = performance.now();
      await child.stop("SIGTERM", 30_000);
      return { tookMs: performance.now() - beganAt, code: child.exitCode() };
    },
    log,
    destroy: async () => {
      await child.kill();
      Folder.remove(folder);
    },
  };
};

/** A command that ends by itself, with these variables and no others of ours: what it printed, and how it ended. */
export const run = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) =>
  new Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [program, ...args],
      { env: { PATH: process.env["PATH"] ?? "", NO_COLOR: "1", ...env }, timeout: 60_000 },
      (_, out, err) => resolve({ code: child.exitCode, out, err }),
    );
  });

/** Starts one for the life of the scope. A process that does not start is a defect: nothing a suite could handle. */
export const scoped = (
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>>,
): Effect.Effect<Process, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() => start(args, env)),
    (process) => Effect.promise(() => process.destroy()),
  );
