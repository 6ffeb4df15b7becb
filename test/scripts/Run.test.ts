import type { ChildProcess } from "node:child_process";
import { spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { assert } from "@effect/vitest";
import { afterEach, beforeEach, describe, it } from "vitest";
import { root } from "../../scripts/Checks.ts";

/** A checkout of its own, with a space in its path, whose npm is a script that says what it was asked. */
let checkout = "";

const LOCK = JSON.stringify({ packages: { "": {}, "node_modules/a": { version: "1.0.0", integrity: "x" } } });

beforeEach(() => {
  checkout = join(mkdtempSync(join(tmpdir(), "strom-run-")), "with a space");
  mkdirSync(join(checkout, "apps"), { recursive: true });
  cpSync(join(root, "scripts"), join(checkout, "scripts"), { recursive: true });
  writeFileSync(join(checkout, "package-lock.json"), LOCK);
  writeFileSync(join(checkout, "package.json"), '{"type":"module"}');
  program("console.log(JSON.stringify(process.argv.slice(2)));");
  npm("echo ran >> npm.log; mkdir -p node_modules; cp package-lock.json node_modules/.package-lock.json");
});
afterEach(() => rmSync(join(checkout, ".."), { recursive: true, force: true }));

const program = (text: string): void => writeFileSync(join(checkout, "apps", "strom.ts"), text);
const npm = (script: string): void =>
  writeFileSync(join(checkout, "npm"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
const installs = (): number =>
  existsSync(join(checkout, "npm.log"))
    ? readFileSync(join(checkout, "npm.log"), "utf8").split("ran").length - 1
    : 0;

const environment = () => {
  const { npm_execpath: _, ...env } = process.env;
  return { ...env, PATH: `${checkout}:${process.env.PATH}` };
};
const command = (...args: ReadonlyArray<string>) => [join(checkout, "scripts", "run.mjs"), ...args];
const run = (...args: ReadonlyArray<string>) =>
  spawnSync(process.execPath, command(...args), { env: environment(), encoding: "utf8" });
const start = (...args: ReadonlyArray<string>): ChildProcess =>
  spawn(process.execPath, command(...args), { env: environment(), stdio: ["ignore", "pipe", "pipe"] });
const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.once("exit", resolve));
const firstLine = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => child.stdout?.once("data", (data) => resolve(String(data).trim())));

describe("the door of every npm script", () => {
  it("installs once, says so in one line, and hands the arguments over as they are", () => {
    const first = run("start", "--port", "9000", "a b");
    assert.strictEqual(first.stderr, "installing dependencies (once)…\n");
    assert.deepStrictEqual(JSON.parse(first.stdout), ["up", "--demo", "--port", "9000", "a b"]);
    assert.strictEqual(run("strom", "verify").stderr, "");
    assert.strictEqual(installs(), 1);
  });

  it("installs again when the lock file names something else, older or newer, whatever the times say", () => {
    run("strom");
    writeFileSync(join(checkout, "package-lock.json"), LOCK);
    run("strom");
    assert.strictEqual(installs(), 1);
    writeFileSync(join(checkout, "package-lock.json"), LOCK.replace("1.0.0", "0.9.0"));
    run("strom");
    assert.strictEqual(installs(), 2);
  });

  it("shows what npm said when it could not install, and runs nothing", () => {
    npm("echo the registry is on fire >&2; exit 7");
    const outcome = run("strom");
    assert.strictEqual(outcome.status, 1);
    assert.include(outcome.stderr, "npm could not install the dependencies (npm ci ended with 7)");
    assert.include(outcome.stderr, "the registry is on fire");
    assert.strictEqual(outcome.stdout, "");
  });

  it("installs once when two are started at the same time", async () => {
    npm(
      "sleep 1; echo ran >> npm.log; mkdir -p node_modules; cp package-lock.json node_modules/.package-lock.json",
    );
    const codes = await Promise.all([start("strom"), start("strom"), start("strom")].map(ended));
    assert.deepStrictEqual(codes, [0, 0, 0]);
    assert.strictEqual(installs(), 1);
  });

  it("is not held up by an install that was killed", async () => {
    npm("exec sleep 20");
    const killed = start("strom");
    await new Promise((resolve) => killed.stderr?.once("data", resolve));
    killed.kill("SIGKILL");
    await ended(killed);
    npm("mkdir -p node_modules; cp package-lock.json node_modules/.package-lock.json");
    assert.strictEqual(run("strom").status, 0);
  });

  it("prefers the pinned Node", () => {
    run("strom");
    mkdirSync(join(checkout, "node_modules", "node", "bin"), { recursive: true });
    symlinkSync(process.execPath, join(checkout, "node_modules", "node", "bin", "node"));
    program("console.log(process.argv0);");
    assert.include(run("strom").stdout, join("node_modules", "node", "bin", "node"));
  });

  it("ends as the program ended", () => {
    program("process.exit(3);");
    assert.strictEqual(run("strom").status, 3);
    program('process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000);');
    assert.strictEqual(run("strom").status, 128 + 9);
  });

  it.each(["SIGTERM", "SIGINT"] as const)(
    "passes %s on, once, and waits for a graceful end",
    async (signal) => {
      program(`let count = 0;
      process.on("${signal}", () => { count += 1; setTimeout(() => process.exit(40 + count), 200); });
      console.log("ready");
      setInterval(() => {}, 1000);`);
      const child = start("strom");
      assert.strictEqual(await firstLine(child), "ready");
      child.kill(signal);
      child.kill(signal);
      assert.strictEqual(await ended(child), 41);
    },
  );

  it("stops what it runs when npm, or the shell npm runs it through, is gone", async () => {
    program(
      'setInterval(() => {}, 1000); process.on("SIGTERM", () => process.exit(0)); console.log(process.pid);',
    );
    const line = `"${process.execPath}" "${command("strom").join('" "')}"; true`;
    const env = { ...environment(), npm_lifecycle_event: "strom" };
    const shell = spawn("sh", ["-c", line], { env, stdio: ["ignore", "pipe", "pipe"] });
    const pid = Number(await firstLine(shell));
    shell.kill("SIGKILL");
    const isGone = (): boolean => {
      try {
        return !process.kill(pid, 0);
      } catch {
        return true;
      }
    };
    for (let tries = 0; tries < 100 && !isGone(); tries++) await new Promise((done) => setTimeout(done, 100));
    assert.isTrue(isGone());
  });

  it("takes the place of npm's shell, so that whoever stops npm is told how it ended", async () => {
    program(
      'process.on("SIGTERM", () => process.exit(0)); console.log("ready"); setInterval(() => {}, 1000);',
    );
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const shell = spawn("sh", ["-c", `${scripts.strom} "--flag"`], {
      cwd: checkout,
      env: { ...environment(), PATH: `${checkout}:${dirname(process.execPath)}:${process.env.PATH}` },
      stdio: ["ignore", "pipe", "pipe"],
    });
    assert.strictEqual(await firstLine(shell), "ready");
    shell.kill("SIGTERM");
    assert.strictEqual(await ended(shell), 0);
  });

  it("names the scripts there are", () => {
    const outcome = run("strat");
    assert.strictEqual(outcome.status, 1);
    assert.include(
      outcome.stderr,
      '"strat" is not a script. It is one of: start, strom, test, check, bench, mutants, torture, pack, reference.',
    );
  });
});
