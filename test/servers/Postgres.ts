import { execFileSync } from "node:child_process";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";
import * as Binary from "./Binary.ts";
import * as Child from "./Child.ts";
import * as Folder from "./Folder.ts";
import { unprivileged } from "./Identity.ts";
import * as PgWire from "./PgWire.ts";
import * as Port from "./Port.ts";

/** A real Postgres of our own: fresh data, a free loopback port, user `strom`, no password. */
export interface Server {
  readonly port: number;
  /** Of the database `postgres`; see `createDatabase` for an empty one of your own. */
  readonly url: string;
  readonly folder: string;
  /** An empty database; its URL. The name must be a plain lower-case identifier, one is made up when left out. */
  readonly createDatabase: (name?: string) => Promise<string>;
  /** Runs one statement as superuser, dropping its rows. */
  readonly execute: (sql: string, database?: string) => Promise<void>;
  readonly isRunning: () => boolean;
  /** Of its first process; the others are below it. */
  readonly pid: () => number;
  /** SIGKILL to every process of it. */
  readonly kill: () => Promise<void>;
  /** Fast shutdown: open transactions are rolled back, what was committed is on disk. */
  readonly stop: () => Promise<void>;
  /** SIGSTOP to every process of it: connections stay open and nothing answers. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Starts it again on the same port and data, after `kill` or `stop`; stops it first when it runs. */
  readonly restart: () => Promise<void>;
  /** Copies its data as they are now, stopped for as long. The answer kills it, and starts the copy as a replica in its place. */
  readonly replicate: () => Promise<() => Promise<void>>;
  readonly log: () => string;
  /** Ends it and removes its data. */
  readonly destroy: () => Promise<void>;
}

export interface Options {
  /** Off is faster and loses nothing but on a power cut. Default: on. */
  readonly fsync?: boolean;
  readonly maxConnections?: number;
  /** More lines for postgresql.conf, such as `{ log_min_duration_statement: "100" }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

const USER = "strom";

const binaries = (): string | null => {
  const chosen = process.env.STROM_PG_BIN;
  if (chosen !== undefined) return Binary.isExecutable(join(chosen, "initdb")) ? chosen : null;
  const initdb = Binary.find(
    ["initdb"],
    [
      ...Binary.versions("/usr/lib/postgresql", "bin"),
      ...Binary.versions("/opt/homebrew/opt", "bin", "postgresql"),
      ...Binary.versions("/usr/local/opt", "bin", "postgresql"),
      ...Binary.versions("/Applications/Postgres.app/Contents/Versions", "bin"),
    ],
  );
  return initdb === null ? null : dirname(initdb);
};

/** Null when a Postgres can be started here, else what is missing. */
export const available = (): string | null => {
  if (binaries() !== null) return null;
  const chosen = process.env.STROM_PG_BIN;
  return chosen === undefined
    ? "no Postgres server found; install postgresql, or name its bin folder in STROM_PG_BIN"
    : `STROM_PG_BIN is ${chosen}, and there is no initdb in it`;
};

export const start = async (options: Options = {}): Promise<Server> => {
  const bin = binaries();
  if (bin === null) throw new Error(available() ?? "no Postgres server found");
  const identity = unprivileged();
  const folder = Folder.make("postgres", identity);
  const data = join(folder, "data");
  const logFile = join(folder, "log");
  const port = await Port.free();

  execFileSync(
    join(bin, "initdb"),
    ["-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
    { cwd: folder, stdio: "pipe", env: { ...process.env, HOME: folder, LC_ALL: "C" }, ...identity },
  );
  writeFileSync(join(data, "postgresql.auto.conf"), configuration(folder, port, options), { flag: "a" });
  writeFileSync(logFile, "");

  const log = (): string => readFileSync(logFile, "utf8");
  const launch = async (): Promise<Child.Child> => {
    const launched = await Child.start({
      command: join(bin, "postgres"),
      args: ["-D", data],
      folder,
      logFile,
      identity,
    });
    const isUp = (): Promise<boolean> => {
      if (!launched.isRunning()) throw new Error(`Postgres ended while starting:\n${log()}`);
      return Port.answers(port, PgWire.startup(USER, "postgres"), PgWire.isReady);
    };
    await Child.until(isUp, 60_000, `Postgres on port ${port}`);
    return launched;
  };

  let child = await launch();
  let made = 0;
  const url = (database: string): string => `postgres://${USER}@127.0.0.1:${port}/${database}`;
  const execute = (sql: string, database = "postgres"): Promise<void> =>
    PgWire.execute(port, USER, database, sql);

  return {
    port,
    url: url("postgres"),
    folder,
    execute,
    createDatabase: async (name = `test_${process.pid}_${++made}`) => {
      if (!/^[a-z_][a-z0-9_]*$/.test(name)) throw new Error(`"${name}" is not a plain lower-case identifier`);
      await execute(`CREATE DATABASE ${name}`);
      return url(name);
    },
    isRunning: () => child.isRunning(),
    pid: () => child.pid,
    kill: () => child.kill(),
    stop: () => child.stop("SIGINT"),
    pause: () => child.signal("SIGSTOP"),
    resume: () => child.signal("SIGCONT"),
    restart: async () => {
      await child.stop("SIGINT");
      child = await launch();
    },
    replicate: async () => {
      const replica = join(folder, "replica");
      await child.stop("SIGINT");
      execFileSync("cp", ["-a", data, replica], { stdio: "pipe", ...identity });
      child = await launch();
      return async () => {
        await child.kill();
        renameSync(data, join(folder, "lost"));
        renameSync(replica, data);
        writeFileSync(join(data, "standby.signal"), "");
        child = await launch();
      };
    },
    log,
    destroy: async () => {
      await child.kill();
      Folder.remove(folder);
    },
  };
};

const configuration = (folder: string, port: number, options: Options): string => {
  const settings: Record<string, string> = {
    listen_addresses: "127.0.0.1",
    port: String(port),
    // A socket path is limited to about 100 bytes; a macOS temporary folder alone can take most of them.
    unix_socket_directories: folder.length < 80 ? folder : "",
    max_connections: String(options.maxConnections ?? 100),
    shared_buffers: "64MB",
    fsync: options.fsync === false ? "off" : "on",
    timezone: "UTC",
    log_timezone: "UTC",
    ...options.settings,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
    .join("");
};

/** Starts one for the life of the scope. A server that does not start is a defect: nothing a suite could handle. */
export const scoped = (options: Options = {}): Effect.Effect<Server, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() => start(options)),
    (server) => Effect.promise(() => server.destroy()),
  );

export class Postgres extends Context.Service<Postgres, Server>()("strom/test/servers/Postgres") {}

export const layer = (options: Options = {}): Layer.Layer<Postgres> =>
  Layer.effect(Postgres, scoped(options));
