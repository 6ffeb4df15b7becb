import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import * as Cli from "../../apps/cli/Strom.ts";
import * as Child from "../../servers/Child.ts";
import * as Folder from "../../servers/Folder.ts";
import * as Strom from "../../servers/Strom.ts";

/** The whole product in one process over a fresh embedded record. */
export interface Server {
  readonly url: string;
  readonly botToken: string;
  readonly log: () => string;
  readonly isRunning: () => boolean;
  /** Resident memory of the process, in bytes. */
  readonly residentBytes: () => Promise<number>;
  /** Stops it in order; what it ended with. */
  readonly stop: () => Promise<number | null>;
  /** What `strom verify` says of the record, once it was stopped. */
  readonly verify: () => Promise<Cli.Ended>;
  readonly destroy: () => Promise<void>;
}

const isReady = async (url: string): Promise<boolean> => (await fetch(`${url}/health/ready`)).status === 200;

export const start = async (env: Readonly<Record<string, string>> = {}): Promise<Server> => {
  const folder = Folder.make("fuzz");
  const botToken = "fuzz".repeat(8);
  const variables = { STROM_DATA_DIR: join(folder, "data"), ...env };
  const strom = await Strom.start(["up"], { ...variables, STROM_BOT_TOKEN: botToken });
  await Child.until(() => isReady(strom.url), 60_000, "the server to be ready");
  return {
    url: strom.url,
    botToken,
    log: strom.log,
    isRunning: strom.isRunning,
    residentBytes: async () => {
      const { stdout } = await promisify(execFile)("ps", ["-o", "rss=", "-p", String(strom.pid)]);
      return Number(stdout.trim()) * 1024;
    },
    stop: async () => (await strom.stop()).code,
    verify: () => Cli.strom(["verify"], variables),
    destroy: async () => {
      await strom.destroy();
      Folder.remove(folder);
    },
  };
};
