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

export const rules: ReadonlyArray<Rule> = [exactVersions, links];
