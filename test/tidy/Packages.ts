import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import type { Rule } from "./Rule.ts";
import { sample } from "./Rule.ts";
import type { Finding } from "./Source.ts";
import { matches, root } from "./Source.ts";

const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const inexact = (path: string, text: string): ReadonlyArray<Finding> => {
  const manifest: Manifest = JSON.parse(text);
  return Object.entries({
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.optionalDependencies,
  })
    .filter(([, version]) => !EXACT.test(version))
    .map(([name, version]) => ({ path, line: 1, message: `${name} is "${version}": pin one exact version` }));
};

const exactVersions: Rule = {
  name: "pins every dependency to one version",
  check: ({ path, text }) => (/(^|\/)package\.json$/.test(path) ? inexact(path, text) : []),
  bad: [
    sample("core/package.json", '{"dependencies":{"effect":"^4.1.0"}}'),
    sample("package.json", '{"devDependencies":{"vitest":"latest"}}'),
  ],
  good: [sample("core/package.json", '{"dependencies":{"effect":"4.1.0","x":"1.0.0-rc.1"}}')],
};

interface Lock {
  readonly packages: Readonly<Record<string, Manifest>>;
}

/** Where npm would find `name` from inside the package at `from`: in its own node_modules, or in one further up. */
const isLocked = ({ packages }: Lock, from: string, name: string): boolean => {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    if (`${at === "" ? "" : `${at}/`}node_modules/${name}` in packages) return true;
    if (at === "") return false;
  }
};

const missing = (path: string, text: string): ReadonlyArray<Finding> => {
  const lock: Lock = JSON.parse(text);
  return Object.entries(lock.packages ?? {}).flatMap(([from, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !isLocked(lock, from, name))
      .map((name) => ({
        path,
        line: 1,
        message: `${name}, which ${from} wants, is missing: npm ci would refuse`,
      })),
  );
};

const completeLock: Rule = {
  name: "locks what every platform needs, not only the one it was written on",
  check: ({ path, text }) => (path === "package-lock.json" ? missing(path, text) : []),
  bad: [
    sample(
      "package-lock.json",
      '{"packages":{"node_modules/a":{"optionalDependencies":{"a-darwin":"1.0.0"}}}}',
    ),
  ],
  good: [
    sample(
      "package-lock.json",
      '{"packages":{"node_modules/a":{"dependencies":{"b":"1.0.0","c":"1.0.0"}},"node_modules/a/node_modules/b":{},"node_modules/c":{}}}',
    ),
  ],
};

const links: Rule = {
  name: "links in the documentation lead somewhere",
  check: (source) =>
    /\.md$/.test(source.path)
      ? matches(source, /\]\((?!\w+:|#)([^)\s#]+)(?:#[^)\s]*)?\)/g, ([, to = ""]) => {
          const target = posix.join(posix.dirname(source.path), to);
          // A neighbour of the checkout is not ours to promise.
          return target.startsWith("..") || existsSync(join(root, target)) ? null : `${to} does not exist`;
        })
      : [],
  bad: [sample("docs/A.md", "see [it](./NOWHERE.md)")],
  good: [sample("docs/A.md", "see [it](../package.json#a), [that](https://example.com) and [this](#here)")],
};

export const rules: ReadonlyArray<Rule> = [exactVersions, completeLock, links];
