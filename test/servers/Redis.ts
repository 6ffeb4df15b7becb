import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";
import * as Binary from "./Binary.ts";
import * as Child from "./Child.ts";
import * as Folder from "./Folder.ts";
import * as Port from "./Port.ts";

/** A real Valkey or Redis of our own, in memory only, on a free loopback port. */
export interface Server {
  readonly port: number;
  readonly url: string;
  readonly isRunning: () => boolean;
  /** SIGKILL; what it held is gone. */
  readonly kill: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Starts it again, empty, on the same port; stops it first when it runs. */
  readonly restart: () => Promise<void>;
  readonly log: () => string;
  readonly destroy: () => Promise<void>;
}

const binary = (): string | null =>
  Binary.find(["valkey-server", "redis-server"], ["/opt/homebrew/bin", "/usr/local/bin"]);

/** Null when one can be started here, else what is missing. */
export const available = (): string | null =>
  binary() === null ? "no valkey-server or redis-server found; install valkey or redis-server" : null;

export const start = async (): Promise<Server> => {
  const command = binary();
  if (command === null) throw new Error(available() ?? "no valkey-server or redis-server found");
  const folder = Folder.make("redis");
  const logFile = join(folder, "log");
  const port = await Port.free();
  writeFileSync(logFile, "");

  const log = (): string => readFileSync(logFile, "utf8");
  const launch = async (): Promise<Child.Child> => {
    const args = ["--bind", "127.0.0.1", "--port", String(port), "--save", "", "--appendonly", "no"];
    const launched = await Child.start({ command, args, folder, logFile });
    const isUp = (): Promise<boolean> => {
      if (!launched.isRunning()) throw new Error(`${command} ended while starting:\n${log()}`);
      return Port.answers(port, "PING\r\n", (reply) => reply.toString("latin1").startsWith("+PONG"));
    };
    await Child.until(isUp, 30_000, `${command} on port ${port}`);
    return launched;
  };

  let child = await launch();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    isRunning: () => child.isRunning(),
    kill: () => child.kill(),
    stop: () => child.stop("SIGTERM"),
    pause: () => child.signal("SIGSTOP"),
    resume: () => child.signal("SIGCONT"),
    restart: async () => {
      await child.stop("SIGTERM");
      child = await launch();
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

export class Redis extends Context.Service<Redis, Server>()("strom/test/servers/Redis") {}

export const layer: Layer.Layer<Redis> = Layer.effect(Redis, scoped);
