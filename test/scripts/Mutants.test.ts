import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "@effect/vitest";
import { describe, it } from "vitest";
import { root } from "../../scripts/Checks.ts";
import * as Hunt from "../../scripts/mutants/Hunt.ts";
import { mutants } from "../../scripts/mutants/Mutants.ts";

describe("npm run mutants", () => {
  it("breaks the code as it is now, in ten ways, one after the other", () => {
    assert.strictEqual(new Set(mutants.map(({ name }) => name)).size, 10);
    for (const { name, changes } of mutants) {
      const texts = new Map<string, string>();
      for (const change of changes) {
        const before = texts.get(change.file) ?? readFileSync(join(root, change.file), "utf8");
        const after = Hunt.apply(before, change);
        assert.notStrictEqual(after, before, name);
        texts.set(change.file, after);
      }
    }
  });

  it("points at suites and cases that are there", () => {
    for (const { name, suite } of mutants) {
      if (suite.kind === "simulation") continue;
      const folder = suite.path.startsWith("test/contracts/")
        ? suite.path.replace(".test.ts", ".ts")
        : suite.path;
      assert.include(readFileSync(join(root, folder), "utf8"), suite.named, name);
    }
  });

  it("refuses a change to what is no longer there, or is there twice", () => {
    const change = { file: "a.ts", from: "x", to: "y" };
    assert.throws(() => Hunt.apply("abc", change), "a.ts has 0 times, not once: x");
    assert.throws(() => Hunt.apply("x x", change), "a.ts has 2 times");
    assert.strictEqual(Hunt.apply("a x b", change), "a y b");
  });
});
