import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";
import * as Binary from "./Binary.ts";
import * as Child from "./Child.ts";
import * as Folder from "./Folder.ts";
import * as Port from "./Port.ts";

/** A real nats-server with JetStream of our own: a free loopback port and an empty store. */
export interface Server {
  readonly port: number;
  readonly url: string;
  readonly folder: string;
  /** Where JetStream keeps its files, for a harness that rolls them back. */
  readonly storeFolder: string;
  readonly isRunning: () => boolean;
  /** Of its first process; the others are below it. */
  readonly pid: () => number;
  /** SIGKILL. */
  readonly kill: () => Promise<void>;
  /** SIGTERM: the server drains and writes what it holds. */
  readonly stop: () => Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Starts it again on the same port and store, after `kill` or `stop`; stops it first when it runs. */
  readonly restart: () => Promise<void>;
  /** Deletes every stream and consumer from the disk. Only while it is not running. */
  readonly wipeStore: () => void;
  readonly log: () => string;
  /** Ends it and removes its store. */
  readonly destroy: () => Promise<void>;
}

const binary = (): string | null =>
  Binary.find(["nats-server"], ["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin", "/usr/local/bin"]);

/** Null when a nats-server can be started here, else what is missing. */
export const available = (): string | null =>
  binary() === null ? "no nats-server found; install nats-server" : null;

export const start = async (): Promise<Server> => {
  const command = binary();
  if (command === null) throw new Error(available() ?? "no nats-server found");
  const folder = Folder.make("nats");
  const storeFolder = join(folder, "store");
  const logFile = join(folder, "log");
  const port = await Port.free();
  mkdirSync(storeFolder);
  writeFileSync(logFile, "");

  const log = (): string => readFileSync(logFile, "utf8");
  const launch = async (): Promise<Child.Child> => {
    const args = ["-a", "127.0.0.1", "-p", String(port), "-js", "-sd", storeFolder];
    const launched = await Child.start({ command, args, folder, logFile });
    const isUp = (): Promise<boolean> => {
      if (!launched.isRunning()) throw new Error(`nats-server ended while starting:\n${log()}`);
      return Port.answers(port, "", (reply) => reply.toString("latin1").startsWith("INFO "));
    };
    await Child.until(isUp, 30_000, `nats-server on port ${port}`);
    return launched;
  };

  let child = await launch();
  return {
    port,
    url: `nats://127.0.0.1:${port}`,
    folder,
    storeFolder,
    isRunning: () => child.isRunning(),
    pid: () => child.pid,
    kill: () => child.kill(),
    stop: () => child.stop("SIGTERM"),
    pause: () => child.signal("SIGSTOP"),
    resume: () => child.signal("SIGCONT"),
    restart: async () => {
      await child.stop("SIGTERM");
      child = await launch();
    },
    wipeStore: () => {
      if (child.isRunning()) throw new Error("stop or kill the nats-server before its store is wiped");
      rmSync(storeFolder, { recursive: true, force: true });
      mkdirSync(storeFolder);
    },
    log,
    destroy: async () => {
      await child.kill();
      Folder.remove(folder);
    },
  };
};

/** Starts one for the life of the scope. A server that does not start is a defect: nothing a suite could handle. */
export const scoped: Effect.Effect<Server, never, Scope.Scope> = Effect.acquireRelease(
  Effect.promise(() => start()),
  (server) => Effect.promise(() => server.destroy()),
);

export class Nats extends Context.Service<Nats, Server>()("strom/test/servers/Nats") {}

export const layer: Layer.Layer<Nats> = Layer.effect(Nats, scoped);
