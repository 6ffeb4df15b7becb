import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const stub = fileURLToPath(new URL("nixpkgs.nix", import.meta.url));

export const systems = ["x86_64-linux", "aarch64-linux", "x86_64-darwin", "aarch64-darwin"];

/** What every system must have, down to the value that forces all of it to be evaluated. */
const outputs = [
  ["devShells", "default.drvPath"],
  ["packages", "default.drvPath"],
  ["apps", "default.program"],
  ["checks", "tools.drvPath"],
  ["checks", "sources.drvPath"],
  ["checks", "launcher.drvPath"],
] as const;

export interface Outcome {
  readonly succeeded: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A copy of the flake beside two stubs of nixpkgs, in a folder of its own: nix is given nothing to fetch.
 * Like the real ones, the stub of the rolling branch refuses x86_64-darwin and the one of 26.05 does not.
 */
export const copyFlake = (change: (flake: string) => string = (flake) => flake) => {
  const folder = mkdtempSync(join(tmpdir(), "strom-flake-"));
  const flake = join(folder, "flake");
  for (const [name, refuses] of [
    ["nixpkgs", `"x86_64-darwin"`],
    ["nixpkgs-intel-mac", "null"],
  ] as const) {
    mkdirSync(join(folder, name));
    cpSync(stub, join(folder, name, "nixpkgs.nix"));
    writeFileSync(
      join(folder, name, "flake.nix"),
      `{ outputs = _: import ./nixpkgs.nix { refuses = ${refuses}; }; }`,
    );
  }
  mkdirSync(flake);
  writeFileSync(join(flake, "flake.nix"), change(readFileSync(join(root, "flake.nix"), "utf8")));
  cpSync(join(root, "flake.lock"), join(flake, "flake.lock"));

  const overrides = ["nixpkgs", "nixpkgs-intel-mac"].flatMap((input) => [
    "--override-input",
    input,
    `path:${join(folder, input)}`,
  ]);
  const check = () =>
    nix(folder, [
      "flake",
      "check",
      "--no-build",
      ...allSystems(),
      "--no-write-lock-file",
      ...overrides,
      `path:${flake}`,
    ]);
  const evaluate = (output: string, apply: string) =>
    nix(folder, [
      "eval",
      "--json",
      "--no-write-lock-file",
      ...overrides,
      `path:${flake}#${output}`,
      "--apply",
      apply,
    ]);
  return {
    /**
     * What is wrong with the flake, or undefined: first `nix flake check --no-build`, then each output that must
     * exist, since the former neither misses one nor looks inside an app.
     */
    findFault: (): string | undefined => {
      const checked = check();
      if (!checked.succeeded) return checked.stderr;
      for (const [output, value] of outputs) {
        const evaluated = evaluate(output, `builtins.mapAttrs (_: made: made.${value})`);
        if (!evaluated.succeeded) return evaluated.stderr;
        const missing = systems.filter((system) => !(system in JSON.parse(evaluated.stdout)));
        if (missing.length > 0) return `${output} is missing for ${missing.join(", ")}`;
      }
      return undefined;
    },
    /** The value of one output as JSON, after `apply`, a Nix function. */
    evaluate,
    /** Fails when flake.lock does not lock exactly the inputs flake.nix names. */
    readLock: () => nix(folder, ["flake", "metadata", "--json", "--no-update-lock-file", `path:${flake}`]),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

/** Nix on its own: single user, no sandbox, no network, a store and a cache that vanish with the folder. */
const nix = (folder: string, args: ReadonlyArray<string>): Outcome => {
  const { status, stdout, stderr } = spawnSync(
    "nix",
    ["--offline", "--store", join(folder, "store"), ...args],
    {
      encoding: "utf8",
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        NIX_CONFIG:
          "experimental-features = nix-command flakes\nsandbox = false\nsubstituters =\nbuild-users-group =",
      },
    },
  );
  return { succeeded: status === 0, stdout: stdout ?? "", stderr: stderr ?? "" };
};

/** Up to 2.13 every system was checked; later only one's own, unless asked. */
const allSystems = (): ReadonlyArray<string> => {
  const version = spawnSync("nix", ["--version"], { encoding: "utf8" }).stdout;
  const [, major, minor] = /(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) > 2 || Number(minor) >= 14 ? ["--all-systems"] : [];
};
