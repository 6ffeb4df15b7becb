import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert, describe, it } from "@effect/vitest";
import * as DevIdentity from "@strom/apps/api/DevIdentity.ts";
import * as Config from "@strom/apps/Config.ts";
import { ConfigProvider, Effect } from "effect";

const { variables } = Config;

const root = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

const FILES = [
  "deploy/compose.yaml",
  "deploy/kubernetes.yaml",
  "deploy/strom.service",
  "deploy/example.env",
  "Dockerfile",
];
const PAGES = ["docs/OPERATIONS.md"];

const known = new Set<string>(Object.values(variables).map(({ name }) => name));
/** Of other programs, or of the unit file itself. */
const FOREIGN = new Set(["POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD", "STROM_ROLE"]);

const variablesIn = (text: string): ReadonlyArray<string> => [
  ...new Set(text.match(/\b(?:STROM|TELEGRAM|POSTGRES|NATS|DATABASE|VALKEY)_[A-Z][A-Z_]*\b/g) ?? []),
];

const pairOf = ([, name = "", value = ""]: RegExpMatchArray) => [name, value] as const;

/** What stands from one mark to the next other one. */
const between = (text: string, from: string, to: string): string => text.split(from)[1]?.split(to)[0] ?? "";

/** `NAME: value`, where compose would fill in a variable with what it falls back to. */
const assigned = (text: string) =>
  [...text.matchAll(/^\s+([A-Z_]+): "?([^"\n]*)"?$/gm)]
    .map(pairOf)
    .map(
      ([name, value]) =>
        [name, value.replace(/\$\{\w+:-([^}]*)\}/g, "$1").replace(/\$\{[^}]*\}/g, "secret")] as const,
    );

/** `- name: NAME` and its `value` below. */
const named = (text: string) => [...text.matchAll(/- name: ([A-Z_]+)\n\s+value: (.*)$/gm)].map(pairOf);

/** Every `- command` a service of ours is started with, in compose's and Kubernetes' words. */
const commandsIn = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/^\s+(?:command|args): \[([a-z]+)\]$/gm)].map((found) => found[1] ?? "");

const help = (): string =>
  execFileSync(process.execPath, ["apps/strom.ts", "--help"], { cwd: root, encoding: "utf8" });

const subcommands = (): ReadonlySet<string> => {
  const listed = help().split(/^SUBCOMMANDS$/m)[1] ?? "";
  return new Set([...listed.matchAll(/^ {2}([a-z]+)\b/gm)].map((found) => found[1] ?? ""));
};

const metrics = new Set(
  [...read("apps/Metrics.ts").matchAll(/"((?:strom|process)_[a-z_]+)"/g)].map((found) => found[1] ?? ""),
);
const histograms = new Set(
  [...read("apps/Metrics.ts").matchAll(/histogram\("([a-z_]+)"/g)].map((found) => found[1] ?? ""),
);
const isMetric = (name: string): boolean => {
  const base = name.replace(/_(bucket|sum|count)$/, "");
  return metrics.has(name) || (base !== name && histograms.has(base));
};
const metricsIn = (text: string): ReadonlyArray<string> => [
  ...new Set(text.match(/\b(?:strom|process)_[a-z]+(?:_[a-z]+)+\b/g) ?? []),
];

describe("what is written for operators", () => {
  it("names no variable that STROM does not read", () => {
    for (const path of [...FILES, ...PAGES]) {
      const strange = variablesIn(read(path)).filter((name) => !known.has(name) && !FOREIGN.has(name));
      assert.deepStrictEqual(strange, [], path);
    }
  });

  it("explains every variable", () => {
    const page = read("docs/OPERATIONS.md");
    assert.deepStrictEqual(
      [...known].filter((name) => !page.includes(`\`${name}\``)),
      [],
    );
  });

  it("starts nothing that is not a command of the binary", () => {
    const commands = subcommands();
    assert.isTrue(commands.has("worker"), "the help lists its commands");
    for (const path of ["deploy/compose.yaml", "deploy/kubernetes.yaml"]) {
      const started = commandsIn(read(path));
      assert.includeMembers([...started], ["migrate", "worker", "api"], path);
      assert.deepStrictEqual(
        started.filter((name) => !commands.has(name)),
        [],
        path,
      );
    }
    const named = [...read("docs/OPERATIONS.md").matchAll(/`(?:[A-Z_]+=\S+ )*strom ([a-z]+)/g)].map(
      (found) => found[1] ?? "",
    );
    assert.isAbove(named.length, 5);
    assert.deepStrictEqual(
      named.filter((name) => !commands.has(name)),
      [],
    );
  });

  it("asks for health and metrics where they are", () => {
    const answered = new Set(
      [...read("apps/api/Health.ts").matchAll(/"(\/[a-z/]+)"/g)].map((found) => found[1] ?? ""),
    );
    for (const path of [...FILES, ...PAGES, "deploy/healthcheck.mjs"]) {
      const asked = [...read(path).matchAll(/(?<![\w.])\/(?:health\/[a-z]+|metrics)\b/g)].map(
        (found) => found[0],
      );
      assert.deepStrictEqual(
        asked.filter((one) => !answered.has(one)),
        [],
        path,
      );
    }
    assert.deepStrictEqual([...answered].sort(), ["/health/live", "/health/ready", "/metrics"]);
  });

  it("agrees on the port", () => {
    const port = /^ENV STROM_HTTP_PORT=(\d+)$/m.exec(read("Dockerfile"))?.[1];
    assert.strictEqual(port, variables.httpPort.fallback);
    assert.match(read("Dockerfile"), new RegExp(`^EXPOSE ${port}$`, "m"));
    assert.include(read("deploy/compose.yaml"), `STROM_HTTP_PORT: "${port}"`);
    assert.include(read("deploy/compose.yaml"), `STROM_API_URL: http://127.0.0.1:${port}`);
    assert.include(read("deploy/kubernetes.yaml"), `STROM_HTTP_PORT: "${port}"`);
    const ports = [...read("deploy/kubernetes.yaml").matchAll(/- name: http\n\s+containerPort: (\d+)/g)].map(
      (found) => found[1],
    );
    assert.deepStrictEqual([...new Set(ports)], [port]);
    const scraped = [...read("deploy/kubernetes.yaml").matchAll(/prometheus\.io\/port: "(\d+)"/g)].map(
      (found) => found[1],
    );
    assert.deepStrictEqual([...new Set(scraped)], [port]);
  });

  it("starts an API whose callers are known, or to be trusted", () => {
    const image = [...read("Dockerfile").matchAll(/^ENV ([A-Z_]+)=(.*)$/gm)].map(pairOf);
    const compose = read("deploy/compose.yaml");
    const kubernetes = read("deploy/kubernetes.yaml");
    const unit = [...read("deploy/strom.service").matchAll(/^Environment=([A-Z_]+)=(.*)$/gm)].map(pairOf);
    const places: ReadonlyArray<readonly [string, ReadonlyArray<readonly [string, string]>]> = [
      [
        "compose",
        [
          ...image,
          ...assigned(between(compose, "x-strom:", "services:")),
          ...assigned(between(compose, "\n  api:", "\n\n")),
        ],
      ],
      [
        "kubernetes",
        [
          ...image,
          ...assigned(between(kubernetes, "kind: ConfigMap", "---")),
          ...named(between(kubernetes, "args: [api]", "---")),
        ],
      ],
      ["the unit", unit],
    ];
    for (const [place, pairs] of places) {
      const env = Object.fromEntries(pairs.filter(([, value]) => value !== ""));
      const settings = Effect.runSync(
        Config.read.pipe(
          Effect.provideService(
            ConfigProvider.ConfigProvider,
            ConfigProvider.fromUnknown({ ...env, STROM_BOT_TOKEN: "x".repeat(32) }),
          ),
        ),
      );
      assert.isNull(DevIdentity.refusal(settings), place);
    }
  });

  it("is an image that starts the binary", () => {
    const image = read("Dockerfile");
    const entry = /^ENTRYPOINT \["node", (?:"--[^"]+", )*"([^"]+)"\]$/m.exec(image)?.[1] ?? "no entry";
    assert.isTrue(existsSync(join(root, entry)), entry);
    for (const [, source = ""] of image.matchAll(/^COPY (?!--from)([\w./-]+) /gm)) {
      assert.isTrue(existsSync(join(root, source)), source);
    }
  });

  it("draws and names only metrics there are, and draws what its own page says to watch", () => {
    const dashboard = read("deploy/grafana.json");
    assert.isArray(JSON.parse(dashboard).panels);
    for (const path of ["deploy/grafana.json", ...PAGES]) {
      assert.deepStrictEqual(
        metricsIn(read(path)).filter((name) => !isMetric(name)),
        [],
        path,
      );
    }
    const undrawn = [...metrics].filter((name) => !dashboard.includes(name));
    assert.deepStrictEqual(undrawn, []);
  });
});
