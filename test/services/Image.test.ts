import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, assert, beforeAll, describe, it } from "vitest";
import * as Child from "../servers/Child.ts";
import * as Folder from "../servers/Folder.ts";
import { requires } from "../servers/Needs.ts";
import * as Port from "../servers/Port.ts";
import * as Systemd from "../servers/Systemd.ts";
import * as Dockerfile from "./image/Dockerfile.ts";

const folder = Folder.make("image");
afterAll(() => Folder.remove(folder));

const steps = Dockerfile.parse(readFileSync(join(Dockerfile.root, "Dockerfile"), "utf8"));

describe("the image", () => {
  let image: Dockerfile.Image;
  beforeAll(() => {
    image = Dockerfile.build(folder, steps);
  });

  /** A command of the image, its `node` being the Node of these tests. */
  const start = (command: ReadonlyArray<string>, env: Readonly<Record<string, string>>) => {
    const [program, ...args] = command;
    assert.strictEqual(program, "node");
    const child = spawn(process.execPath, args, {
      cwd: join(image.folder, image.workdir),
      env: { PATH: process.env.PATH, ...image.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (chunk) => (output += String(chunk)));
    child.stderr.on("data", (chunk) => (output += String(chunk)));
    // Not "exit": that may come before what it said last.
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    return { child, ended, output: () => output };
  };

  it("stands on Node 24, runs as somebody who is not root, and has a healthcheck", () => {
    assert.match(image.base, /^node:24-slim$/);
    assert.strictEqual(image.user, "node");
    assert.notDeepEqual(image.healthcheck, []);
    assert.deepStrictEqual(image.exposed, [image.env["STROM_HTTP_PORT"] ?? ""]);
    assert.deepStrictEqual(image.volumes, [image.env["STROM_DATA_DIR"] ?? ""]);
  });

  it("holds the product and nothing else: no tests, no secrets, no tools", () => {
    const files = Dockerfile.filesIn(join(image.folder, image.workdir));
    const rooms = new Set(files.map((file) => file.split("/")[0]));
    assert.sameMembers(
      [...rooms].filter((room) => room !== "node_modules"),
      ["LICENSE", "package.json", "core", "adapters", "apps", "migrations", "deploy"],
    );
    assert.deepStrictEqual(
      files.filter((file) => /\.test\.ts$|\.env|\.pem$|\.key$/.test(file)),
      [],
    );
  });

  it("refuses to let anyone be anyone in production", async () => {
    const { ended, output } = start([...image.entrypoint, ...image.command], {
      STROM_DATA_DIR: join(folder, "production"),
    });
    assert.notStrictEqual(await ended, 0);
    assert.match(output(), /STROM_AUTH/);
  });

  it("starts, is healthy by its own healthcheck, and stops when told", async () => {
    mkdirSync(join(folder, "data"));
    const env = {
      NODE_ENV: "development",
      STROM_HTTP_HOST: "127.0.0.1",
      STROM_HTTP_PORT: String(await Port.free()),
      STROM_DATA_DIR: join(folder, "data"),
    };
    const strom = start([...image.entrypoint, ...image.command], env);
    try {
      const isHealthy = async () => (await start(image.healthcheck, env).ended) === 0;
      await Child.until(
        async () => {
          assert.isNull(strom.child.exitCode, strom.output());
          return isHealthy();
        },
        60_000,
        "the healthcheck to pass",
      );
      strom.child.kill(image.stopSignal === "SIGTERM" ? "SIGTERM" : "SIGKILL");
      assert.strictEqual(await strom.ended, 0);
      assert.isFalse(await isHealthy());
    } finally {
      strom.child.kill("SIGKILL");
    }
  }, 120_000);
});

describe("following the steps finds", () => {
  const tampered = (from: string, to: string) => () => {
    const into = Folder.make("tampered");
    try {
      const text = readFileSync(join(Dockerfile.root, "Dockerfile"), "utf8");
      assert.include(text, from);
      Dockerfile.build(into, Dockerfile.parse(text.replace(from, to)));
    } finally {
      Folder.remove(into);
    }
  };

  it("a path that is not there", () => {
    assert.throws(
      tampered("COPY migrations migrations", "COPY migration migrations"),
      /nothing of that name/,
    );
  });

  it("a path that .dockerignore keeps out", () => {
    assert.throws(tampered("COPY core core", "COPY test test"), /nothing of that name/);
  });

  it("a stage that is not there", () => {
    assert.throws(tampered("--from=dependencies", "--from=dependency"), /no such stage/);
  });
});

const unit = join(Dockerfile.root, "deploy/strom.service");

requires("systemd", "the systemd unit, asked of systemd", () => {
  it("is one that it accepts, and is closed to what STROM does not need", () => {
    const analyze = Systemd.analyze() ?? "";
    const verified = spawnSync(analyze, ["verify", unit], { encoding: "utf8" });
    assert.strictEqual(verified.status, 0, verified.stderr);
    assert.strictEqual(verified.stderr, "");
    const security = spawnSync(analyze, ["security", "--offline=true", unit], { encoding: "utf8" });
    const exposure = /exposure level for strom\.service: ([\d.]+)/.exec(security.stdout)?.[1];
    assert.isBelow(Number(exposure), 2);
  });
});

describe("the systemd unit", () => {
  it("starts what the image starts, is told to stop by the signal STROM listens to, and is always started again", () => {
    const text = readFileSync(unit, "utf8");
    const entry = /^ENTRYPOINT \[(.+)\]$/m.exec(
      readFileSync(join(Dockerfile.root, "Dockerfile"), "utf8"),
    )?.[1];
    const command = entry?.replace(/", "/g, " ").replaceAll('"', "");
    assert.match(command ?? "", /^node .*apps\/strom\.ts$/);
    assert.include(text.split("\n"), `ExecStart=/usr/bin/env ${command} \${STROM_ROLE}`);
    assert.match(text, /^KillSignal=SIGTERM$/m);
    assert.match(text, /^Restart=always$/m);
    assert.match(text, /^DynamicUser=yes$/m);
  });
});
