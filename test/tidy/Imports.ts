import { posix } from "node:path";
import * as Code from "./Code.ts";
import type { Rule } from "./Rule.ts";
import { sample } from "./Rule.ts";
import type { Finding, Source } from "./Source.ts";
import { isCode, matches } from "./Source.ts";

/** Static imports and re-exports at the start of a statement, bare imports, and dynamic ones. */
const SPECIFIER =
  /(?:^|[\n;])[ \t]*(?:import|export)\s[^;"'`()=]*?\bfrom\s*["']([^"']+)["']|(?:^|[\n;])[ \t]*import\s*["']([^"']+)["']|\bimport(?:\.meta\.resolve)?\(\s*["']([^"']+)["']/g;

/** Where an import leads: a path of ours (`core/src/Money.ts`), or a package (`effect/Schema`, `node:fs`). */
const target = (path: string, specifier: string): string => {
  if (specifier.startsWith(".")) return posix.join(posix.dirname(path), specifier);
  const own = /^@strom\/(core|adapters|apps|migrations|bench)(\/.*)?$/.exec(specifier);
  if (own === null) return specifier;
  const inside = own[2] ?? "/index.ts";
  return own[1] === "core"
    ? `core/src${/\.ts$/.test(inside) ? inside : `${inside}/index.ts`}`
    : `${own[1]}${inside}`;
};

const onImports = (
  source: Source,
  refuse: (to: string, specifier: string) => string | null,
): ReadonlyArray<Finding> =>
  isCode(source.path)
    ? matches(Code.withStrings(source), SPECIFIER, (found) => {
        const specifier = found[1] ?? found[2] ?? found[3] ?? "";
        return refuse(target(source.path, specifier), specifier);
      })
    : [];

const OURS = /^(core|adapters|apps|migrations|bench|test|scripts)\//;

/** What a file in a room may reach of ours. */
const mayReach = (from: string, to: string): boolean => {
  if (!OURS.test(to)) return true;
  const room = from.split("/")[0];
  if (room === "core") return to.startsWith("core/");
  // The tables and the queries on them are one technology.
  if (from.startsWith("adapters/postgres/") && to.startsWith("migrations/")) return true;
  if (room === "adapters")
    return to.startsWith("core/") || to.startsWith(`${from.split("/").slice(0, 2).join("/")}/`);
  if (room === "apps") return !/^(test|bench|scripts)\//.test(to);
  if (room === "migrations") return from === "migrations/index.ts" && to.startsWith("migrations/");
  if (room === "scripts") return to.startsWith("scripts/");
  return true;
};

const oneWay: Rule = {
  name: "imports one way: apps → adapters → core, one adapter never another, migrations nothing of ours",
  check: (source) =>
    onImports(source, (to) =>
      mayReach(source.path, to) ? null : `may not import ${to}: see docs/ARCHITECTURE.md`,
    ),
  bad: [
    sample("core/src/Risk.ts", 'import * as A from "../../adapters/postgres/PgJournal.ts";'),
    sample("core/src/Risk.ts", 'export * as A from "@strom/adapters/postgres/PgJournal.ts";'),
    sample("adapters/http/Api.ts", 'import { layer } from "../postgres/PgJournal.ts";'),
    sample("adapters/http/Api.ts", 'const a = await import("@strom/adapters/postgres/PgJournal.ts");'),
    sample("adapters/http/Api.ts", 'import "../../apps/Config.ts";'),
    sample("apps/api/Main.ts", 'import * as Postgres from "../../test/servers/Postgres.ts";'),
    sample("migrations/0002_books.ts", 'import * as Money from "@strom/core";'),
    sample("migrations/0002_books.ts", 'import * as first from "./0001_seed_tables.ts";'),
  ],
  good: [
    sample("core/src/Risk.ts", 'import * as Money from "./Money.ts"; // like import "@strom/apps/x.ts"'),
    sample(
      "adapters/http/Api.ts",
      'import { Money } from "@strom/core";\nimport * as B from "./Problem.ts";',
    ),
    sample("apps/api/Main.ts", 'import { layer } from "@strom/adapters/http/Api.ts";'),
    sample("migrations/0002_books.ts", 'import * as Effect from "effect/Effect";'),
  ],
};

/** The side rooms of the core, which the pure part does not enter. */
const SIDE_ROOM = /^core\/src\/(ports|testing|files|threads)\//;

const EFFECT_DATA = new Set(
  (
    "Array BigInt Boolean Brand Chunk Combiner Data Equal Equivalence Function Hash HashMap HashSet Iterable " +
    "JsonSchema Match Newtype NonEmptyIterable Number Optic Option Order Ordering Pipeable Predicate Record Reducer " +
    "Result Schema SchemaAST SchemaGetter SchemaIssue SchemaParser SchemaTransformation StandardSchema String Struct " +
    "Tuple Types Unify pipe flow identity absurd"
  ).split(" "),
);

const isPurePackage = (specifier: string): boolean => {
  if (specifier === "effect") return true;
  if (specifier.startsWith("effect/")) return EFFECT_DATA.has(specifier.slice("effect/".length));
  return /^(@noble\/hashes|pure-rand)(\/|$)/.test(specifier);
};

const isCorePackage = (path: string, specifier: string): boolean => {
  if (isPurePackage(specifier)) return true;
  if (path.startsWith("core/src/ports/")) return /^effect(\/|$)/.test(specifier);
  if (path.startsWith("core/src/testing/")) return /^fast-check$/.test(specifier);
  if (path.startsWith("core/src/files/")) return /^(effect|hyparquet[\w-]*)(\/|$)/.test(specifier);
  // The one room of the core that starts something: it is entered by its own door alone.
  if (path.startsWith("core/src/threads/"))
    return /^(effect|node:(worker_threads|os|crypto))(\/|$)/.test(specifier);
  return false;
};

const coreAlone: Rule = {
  name: "lets the core use effect's data modules, @noble/hashes and pure-rand, and nothing else",
  check: (source) =>
    source.path.startsWith("core/src/")
      ? [
          ...onImports(source, (to, specifier) => {
            if (OURS.test(to)) {
              const isEntering = !SIDE_ROOM.test(source.path) && SIDE_ROOM.test(to);
              return isEntering ? `the pure core does not import ${to}: it is a separate entry` : null;
            }
            return isCorePackage(source.path, specifier) ? null : `the core may not import ${specifier} here`;
          }),
          ...(SIDE_ROOM.test(source.path) ? [] : effectNames(source)),
        ]
      : [],
  bad: [
    sample("core/src/Risk.ts", 'import * as Fs from "node:fs";'),
    sample("core/src/Risk.ts", 'import * as Effect from "effect/Effect";'),
    sample("core/src/Risk.ts", 'import { Schema, Effect } from "effect";'),
    sample("core/src/Risk.ts", 'import * as fc from "fast-check";'),
    sample("core/src/Risk.ts", 'import * as Journal from "./ports/Journal.ts";'),
    sample("core/src/testing/Bars.ts", 'import * as Fs from "node:fs";'),
    sample("core/src/Sweep.ts", 'import * as Pool from "./threads/Pool.ts";'),
  ],
  good: [
    sample("core/src/Id.ts", 'import { sha256 } from "@noble/hashes/sha2.js";'),
    sample(
      "core/src/Risk.ts",
      'import { Result, type Schema } from "effect";\nimport * as O from "effect/Option";',
    ),
    sample("core/src/ports/Journal.ts", 'import * as Context from "effect/Context";'),
    sample("core/src/testing/Bars.ts", 'import * as fc from "fast-check";'),
    sample("core/src/threads/Pool.ts", 'import { Worker } from "node:worker_threads";'),
  ],
};

/** `import { … } from "effect"` brings the names of modules: each must be a data module. */
const effectNames = (source: Source): ReadonlyArray<Finding> =>
  matches(
    Code.withStrings(source),
    /import\s+(?:type\s+)?\{([^}]*)\}\s*from\s*["']effect["']/g,
    ([, names = ""]) => {
      const wrong = names
        .split(",")
        .map(
          (name) =>
            name
              .trim()
              .replace(/^type\s+/, "")
              .split(/\s+as\s+/)[0] ?? "",
        )
        .filter((name) => name !== "" && !EFFECT_DATA.has(name));
      return wrong.length === 0 ? null : `${wrong.join(", ")} is not a data module of effect`;
    },
  );

const endings: Rule = {
  name: "writes relative imports with their ending",
  check: (source) =>
    onImports(source, (_, specifier) =>
      specifier.startsWith(".") && !/\.(ts|mts|mjs|js|json)$/.test(specifier)
        ? `"${specifier}" needs its .ts ending: Node runs the sources`
        : null,
    ),
  bad: [sample("core/src/Risk.ts", 'import * as Money from "./Money";')],
  good: [sample("core/src/Risk.ts", 'import * as Money from "./Money.ts";')],
};

export const rules: ReadonlyArray<Rule> = [oneWay, coreAlone, endings];
