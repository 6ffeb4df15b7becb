import { assert, describe, it } from "@effect/vitest";
import * as Imports from "./tidy/Imports.ts";
import * as Naming from "./tidy/Naming.ts";
import * as Packages from "./tidy/Packages.ts";
import * as Purity from "./tidy/Purity.ts";
import * as Source from "./tidy/Source.ts";
import * as Text from "./tidy/Text.ts";

const rules = [...Naming.rules, ...Imports.rules, ...Purity.rules, ...Text.rules, ...Packages.rules];
const sources = Source.all();

describe("the house", () => {
  for (const rule of rules) {
    it(rule.name, () => {
      const findings = sources.flatMap((source) => rule.check(source)).map(Source.show);
      assert.deepStrictEqual(findings, []);
    });
  }

  it("is looked at as a whole", () => {
    const paths = new Set(sources.map(({ path }) => path));
    for (const path of [
      "core/src/index.ts",
      "package-lock.json",
      "test/tidy.test.ts",
      ".ci/run",
      "README.md",
    ]) {
      assert.isTrue(paths.has(path), `${path} is not among the ${paths.size} files that were read`);
    }
  });
});

describe("a rule that could not fail would prove nothing", () => {
  for (const rule of rules) {
    it(rule.name, () => {
      for (const bad of rule.bad) {
        assert.isAbove(rule.check(bad).length, 0, `should refuse ${bad.path}: ${bad.text}`);
      }
      for (const good of rule.good) {
        assert.deepStrictEqual(rule.check(good).map(Source.show), []);
      }
    });
  }
});
