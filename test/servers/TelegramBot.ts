import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Child from "./Child.ts";
import * as Folder from "./Folder.ts";
import type { TelegramApi } from "./TelegramApi.ts";

/** `strom telegram`, in a process of its own. */
export interface Bot {
  readonly pid: number;
  readonly isRunning: () => boolean;
  /** SIGKILL. */
  readonly kill: () => Promise<void>;
  /** SIGTERM. */
  readonly stop: () => Promise<void>;
  readonly log: () => string;
  /** Of its health and metrics. */
  readonly url: () => string;
  /** Resolves once it takes updates. */
  readonly ready: () => Promise<void>;
}

const program = join(import.meta.dirname, "../../apps/strom.ts");

export const start = async (
  telegram: TelegramApi,
  strom: { readonly url: string; readonly botToken: string },
  env: Readonly<Record<string, string>> = {},
): Promise<Bot> => {
  const folder = Folder.make("telegram");
  const logFile = join(folder, "log");
  writeFileSync(logFile, "");
  const log = (): string => readFileSync(logFile, "utf8");
  const child = await Child.start({
    command: process.execPath,
    args: [program, "telegram"],
    folder,
    logFile,
    env: {
      NO_COLOR: "1",
      STROM_HTTP_PORT: "0",
      TELEGRAM_BOT_TOKEN: telegram.token,
      TELEGRAM_API_ROOT: telegram.url,
      STROM_API_URL: strom.url,
      STROM_BOT_TOKEN: strom.botToken,
      ...env,
    },
  });
  return {
    pid: child.pid,
    isRunning: child.isRunning,
    kill: child.kill,
    stop: () => child.stop("SIGTERM"),
    log,
    url: () => /health and metrics are at (http:\/\/\S+)/.exec(log())?.[1] ?? "",
    ready: () =>
      Child.until(() => /the Telegram bot @\w+ is ready/.test(log()), 60_000, "the bot to be ready"),
  };
};
