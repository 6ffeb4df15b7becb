import * as Code from "./Code.ts";
import type { Rule } from "./Rule.ts";
import { sample } from "./Rule.ts";
import { isCode, matches } from "./Source.ts";

const LINES_MAX = 250;

/** A table of cases is long without being complicated. */
const TEST_LINES_MAX = 400;

/** Files that are longer with a reason. */
const LONG: Readonly<Record<string, string>> = {
  "adapters/postgres/PgIdentities.ts": "a list: one identity a statement, none of them long",
  "adapters/postgres/PgJournal.ts": "one port with its SQL; its statements are read beside each other",
  "apps/pipeline/Stage.ts": "the loop and its recovery share the lanes, and are only right together",
  "test/contracts/Stores.ts": "one contract of four stores that are written in turn",
};

const isTidyItself = (path: string): boolean => path.startsWith("test/tidy");

const short: Rule = {
  name: `keeps each file within ${LINES_MAX} lines (tests ${TEST_LINES_MAX}), unless there is a reason`,
  check: ({ path, text }) => {
    const lines = text.split("\n").length - 1;
    const most = path.startsWith("test/") ? TEST_LINES_MAX : LINES_MAX;
    return !isCode(path) || lines <= most || path in LONG
      ? []
      : [{ path, line: lines, message: `${lines} lines: split it, or give the reason in test/tidy/Text.ts` }];
  },
  bad: [sample("core/src/Long.ts", "\n".repeat(LINES_MAX + 1))],
  good: [sample("core/src/Short.ts", "\n".repeat(LINES_MAX))],
};

const finished: Rule = {
  name: "leaves nothing for later",
  check: (source) =>
    isTidyItself(source.path)
      ? []
      : matches(source, /\b(?:TODO|FIXME|XXX|HACK)\b/g, ([word]) => `${word}: do it, or file it`),
  bad: [sample("core/src/A.ts", "// TODO later"), sample("docs/A.md", "FIXME")],
  good: [sample("core/src/A.ts", "// done")],
};

const honestTypes: Rule = {
  name: "never argues with the type checker",
  check: (source) =>
    isCode(source.path) && !isTidyItself(source.path)
      ? [
          ...matches(
            Code.only(source),
            /\bas any\b|<any>|:\s*any\b(?!\s*[.(])/g,
            ([found]) => `${found.trim()}: decode it, or name its type`,
          ),
          ...matches(source, /@ts-(?:ignore|nocheck)\b/g, ([found]) => `${found}: make the types true`),
        ]
      : [],
  bad: [
    sample("core/src/A.ts", "const a = b as any;"),
    sample("core/src/A.ts", "const f = (x: any) => x;"),
    sample("core/src/A.ts", "// @ts-ignore\nf();"),
  ],
  good: [sample("core/src/A.ts", "const company = b as anything; // as any")],
};

const allTestsRun: Rule = {
  name: "runs every test: none alone, none skipped but for a server that is not here",
  check: (source) =>
    /\.test\.ts$/.test(source.path) && !isTidyItself(source.path)
      ? matches(
          Code.only(source),
          /\b(?:it|test|describe|suite)(?:\.\w+)*\.(?:only|skip|todo|skipIf)\b/g,
          ([found]) => `${found}: use requires(…) of test/servers/Needs.ts for what a machine may lack`,
        )
      : [],
  bad: [
    sample("test/core/A.test.ts", 'it.only("a", f);'),
    sample("test/core/A.test.ts", 'describe.skip("a", f);'),
    sample("test/core/A.test.ts", 'it.effect.skip("a", f);'),
  ],
  good: [sample("test/core/A.test.ts", 'it("skips what is behind its cursor", f);')],
};

const noMachinePaths: Rule = {
  name: "names no path of somebody's machine",
  check: (source) =>
    isTidyItself(source.path)
      ? []
      : matches(
          source,
          /(?<![\w.*~$}-])\/(?:home|Users|root|work|tmp|private)\/[\w.-]+/g,
          ([found]) => `${found} exists on one machine`,
        ),
  bad: [sample("docs/A.md", "run /home/ada/strom"), sample("core/src/A.ts", 'const a = "/tmp/x.log";')],
  good: [sample("docs/A.md", "../shared/market-data, /var/lib/strom, https://a.example/work/x")],
};

const noRegistry: Rule = {
  name: "keeps registry addresses out of the lock file",
  check: (source) =>
    source.path === "package-lock.json"
      ? matches(
          source,
          /"resolved":\s*"(\w+:[^"]+)"/g,
          ([, url]) => `${url}: run npm with omit-lockfile-registry-resolved`,
        )
      : [],
  bad: [sample("package-lock.json", '"resolved": "https://registry.example/a.tgz"')],
  good: [sample("package-lock.json", '"resolved": "core", "link": true')],
};

export const rules: ReadonlyArray<Rule> = [
  short,
  finished,
  honestTypes,
  allTestsRun,
  noMachinePaths,
  noRegistry,
];
