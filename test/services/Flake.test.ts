import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, it } from "vitest";
import { requires } from "../servers/Needs.ts";
import { copyFlake } from "./nix/Flake.ts";

/** What the check finds wrong with a changed copy of the flake. */
const faultOf = (change: (flake: string) => string): string | undefined => {
  const flake = copyFlake((text) => {
    const changed = change(text);
    assert.notStrictEqual(changed, text, "the change found nothing to change");
    return changed;
  });
  try {
    return flake.findFault();
  } finally {
    flake.remove();
  }
};

requires("nix", "the flake", () => {
  it("has a shell, a program, an app and checks for Linux and macOS, x86_64 and aarch64", () => {
    const flake = copyFlake();
    try {
      assert.isUndefined(flake.findFault());
    } finally {
      flake.remove();
    }
  });

  it("is locked to exactly the inputs it names", () => {
    const agreeing = copyFlake();
    const disagreeing = copyFlake((text) => text.replace("nixpkgs-unstable", "nixos-unstable"));
    try {
      const outcome = agreeing.readLock();
      assert.isTrue(outcome.succeeded, outcome.stderr);
      const { nodes } = JSON.parse(outcome.stdout).locks;
      assert.strictEqual(nodes.nixpkgs.locked.rev, "044bfe75bfe4c7bbe043dc17b5e42ea823b84a09");
      assert.isFalse(disagreeing.readLock().succeeded);
    } finally {
      agreeing.remove();
      disagreeing.remove();
    }
  });
});

requires("nix", "the check of the flake finds", () => {
  it("a syntax error", () => {
    const fault = faultOf((text) => text.replace("tools pkgs; };", "tools pkgs };"));
    assert.match(String(fault), /syntax error/);
  });

  it("a package that nixpkgs does not have under that name", () => {
    const fault = faultOf((text) => text.replaceAll("pkgs.nats-server", "pkgs.nats_server"));
    assert.match(String(fault), /attribute 'nats_server' missing/);
  });

  it("a function of nixpkgs that does not exist, though only an app uses it", () => {
    const fault = faultOf((text) => text.replaceAll("lib.getExe", "lib.getExecutable"));
    assert.match(String(fault), /attribute 'getExecutable' missing/);
  });

  it("an Intel Mac given the nixpkgs that refuses it", () => {
    const fault = faultOf((text) =>
      text.replace("nixpkgs-intel-mac.legacyPackages", "nixpkgs.legacyPackages"),
    );
    assert.match(String(fault), /dropped support for x86_64-darwin/);
  });

  it("Chromium on a Mac, for which it is not packaged", () => {
    const fault = faultOf((text) =>
      text.replaceAll("pkgs.lib.optionals pkgs.stdenv.hostPlatform.isLinux", ""),
    );
    assert.match(String(fault), /chromium is not available for \w+-darwin/);
  });

  it("a missing output", () => {
    const fault = faultOf((text) => text.replace("devShells =", "shells ="));
    assert.match(String(fault), /'devShells'/);
  });

  it("a missing system", () => {
    const fault = faultOf((text) => text.replace(/\n.*aarch64-linux = .*/, ""));
    assert.match(String(fault), /missing for aarch64-linux/);
  });
});

/** Runs the program of `nix run` with a `node` that only says how it was called. */
const launch = (where: "checkout" | "elsewhere", args: ReadonlyArray<string>) => {
  const flake = copyFlake();
  const folder = mkdtempSync(join(tmpdir(), "strom-launch-"));
  try {
    const evaluated = flake.evaluate("packages", "p: p.x86_64-linux.default.text");
    assert.isTrue(evaluated.succeeded, evaluated.stderr);
    const source = join(folder, "source");
    mkdirSync(join(source, "scripts"), { recursive: true });
    writeFileSync(join(source, "scripts", "run.mjs"), "");
    const text = String(JSON.parse(evaluated.stdout)).replaceAll(/\/nix\/store\/[^/]+/g, source);

    const bin = join(folder, "bin");
    const cwd = join(folder, "here");
    mkdirSync(bin);
    mkdirSync(cwd);
    if (where === "checkout") writeFileSync(join(cwd, "package.json"), `{\n  "name": "strom"\n}\n`);
    writeFileSync(join(bin, "node"), `#!/bin/sh\necho "$@"\necho "data $STROM_DATA_DIR"\n`);
    chmodSync(join(bin, "node"), 0o755);
    const { status, stdout, stderr } = spawnSync("bash", ["-euo", "pipefail", "-c", text, "strom", ...args], {
      cwd,
      encoding: "utf8",
      env: { PATH: `${bin}:${process.env.PATH}`, HOME: join(folder, "home") },
    });
    assert.strictEqual(status, 0, stderr);
    const [called = "", data = ""] = stdout.replaceAll(folder, "~").trim().split("\n");
    const script = called.split(" ")[0]?.replace("~", folder) ?? "";
    return { called: called.split(" ").slice(1).join(" "), script, data, copied: existsSync(script) };
  } finally {
    flake.remove();
    rmSync(folder, { recursive: true, force: true });
  }
};

requires("nix", "nix run", () => {
  it("starts the product from the checkout it is called in", () => {
    const run = launch("checkout", []);
    assert.match(run.script, /here\/scripts\/run\.mjs$/);
    assert.strictEqual(run.called, "start");
  });

  it("starts a writable copy of the revision anywhere else, and keeps the data where it was called", () => {
    const run = launch("elsewhere", []);
    assert.match(run.script, /home\/\.cache\/strom\/.+\/scripts\/run\.mjs$/);
    assert.isTrue(run.copied);
    assert.strictEqual(run.data, "data ~/here/.strom");
  });

  it("hands its arguments to strom", () => {
    assert.strictEqual(launch("checkout", ["config", "--all"]).called, "strom config --all");
  });
});

it("names no package in the flake that docs/NIX.md does not show in nixpkgs", () => {
  const page = readFileSync(new URL("../../docs/NIX.md", import.meta.url), "utf8");
  const flake = readFileSync(new URL("../../flake.nix", import.meta.url), "utf8");
  const functions = ["lib", "stdenv", "mkShell", "runCommand", "writeShellApplication"];
  const named = new Set([...flake.matchAll(/\bpkgs\.([\w-]+)/g)].map(([, name]) => name ?? ""));
  const unshown = [...named].filter((name) => !functions.includes(name) && !page.includes(`\`${name}\``));
  assert.deepStrictEqual(unshown, []);
});
