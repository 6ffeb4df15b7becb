import * as Code from "./Code.ts";
import type { Rule } from "./Rule.ts";
import { sample } from "./Rule.ts";
import type { Finding, Source } from "./Source.ts";
import { isCode } from "./Source.ts";

/** Where a package is entered; everywhere else modules are imported by their own path. */
const ENTRIES = new Set([
  "core/src/index.ts",
  "core/src/testing/index.ts",
  "core/src/ports/index.ts",
  "core/src/files/index.ts",
  "core/src/threads/index.ts",
  "core/src/threads/plain/index.ts",
  "migrations/index.ts",
]);

/** Programs, named as they are called. */
const PROGRAMS = new Set([
  "apps/strom.ts",
  "bench/main.ts",
  "scripts/run.mjs",
  "scripts/test.ts",
  "scripts/check.ts",
  "test/services/torture.ts",
  "vitest.config.ts",
]);

const at = (path: string, message: string): ReadonlyArray<Finding> => [{ path, line: 1, message }];

const noDrawer: Rule = {
  name: "names no file or folder utils, helpers, common or misc",
  check: ({ path }) => {
    const drawer = path
      .split("/")
      .find((part) => /^(utils?|helpers?|common|misc|shared|lib)(\.|$)/i.test(part));
    return drawer === undefined ? [] : at(path, `"${drawer}" says nothing; name what is in it`);
  },
  bad: [sample("core/src/utils.ts"), sample("apps/api/helpers/Money.ts"), sample("adapters/http/Common.ts")],
  good: [sample("core/src/Ledger.ts"), sample("apps/api/Commons.ts")],
};

const isWellNamed = (path: string): boolean => {
  if (ENTRIES.has(path) || PROGRAMS.has(path) || !isCode(path)) return true;
  const name = path.split("/").at(-1) ?? "";
  if (path.startsWith("migrations/")) return /^\d{4}_[a-z][a-z0-9_]*\.ts$/.test(name);
  if (/^test\/[a-z-]+\.test\.ts$/.test(path)) return true;
  if (/^(scripts|deploy|apps\/web)\//.test(path)) return /^[A-Za-z][A-Za-z0-9.-]*\.(ts|mts|mjs)$/.test(name);
  return /^[A-Z][A-Za-z0-9]*(\.test)?\.(ts|mts|mjs)$/.test(name);
};

const nouns: Rule = {
  name: "names each file for its one noun, in PascalCase",
  check: ({ path }) =>
    /fixtures\//.test(path) || isWellNamed(path)
      ? []
      : at(path, "a source file is one noun or one deed in PascalCase; a migration is NNNN_name.ts"),
  bad: [
    sample("core/src/ledger.ts"),
    sample("core/src/place-order.ts"),
    sample("adapters/postgres/index.ts"),
    sample("migrations/Books.ts"),
  ],
  good: [
    sample("core/src/Ledger.ts"),
    sample("core/src/index.ts"),
    sample("migrations/0001_seed_tables.ts"),
    sample("test/core/Money.test.ts"),
    sample("test/tidy.test.ts"),
  ],
};

/** What remains of a module when its re-exports are taken away. */
const rest = (source: Source): string =>
  Code.withStrings(source)
    .text.replace(/export\s+(type\s+)?(\*(\s+as\s+\w+)?|\{[^}]*\})\s+from\s+["'][^"']+["'];?/g, "")
    .replace(/export\s*\{\s*\};?/g, "")
    .trim();

const noBarrel: Rule = {
  name: "has no barrel but the entry of a package",
  check: (source) =>
    isCode(source.path) && !ENTRIES.has(source.path) && source.text.includes("export") && rest(source) === ""
      ? at(source.path, "only re-exports; import each module by its own path")
      : [],
  bad: [sample("core/src/Everything.ts", 'export * from "./Money.ts";\nexport { a } from "./Id.ts";')],
  good: [
    sample("core/src/index.ts", 'export * as Money from "./Money.ts";'),
    sample("core/src/Money.ts", 'export { a } from "./Id.ts";\nexport const b = 1;'),
  ],
};

export const rules: ReadonlyArray<Rule> = [noDrawer, nouns, noBarrel];
