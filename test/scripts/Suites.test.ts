import { join } from "node:path";
import { assert, describe, it } from "@effect/vitest";
import { root } from "../../scripts/Checks.ts";
import * as Suites from "../../scripts/Suites.ts";
import * as Summary from "../../scripts/Summary.ts";

const file = (path: string, ...statuses: ReadonlyArray<string>) => ({
  name: join(root, path),
  status: statuses.includes("failed") ? ("failed" as const) : ("passed" as const),
  assertionResults: statuses.map((status) => ({ status })),
});

const summary = (suites: Suites.Outcome, isTyped = true): ReadonlyArray<string> =>
  Summary.of([{ name: "types", isPassed: isTyped, seconds: 1 }], suites);

describe("the end of npm test", () => {
  it("counts what passed, failed and was skipped, by room", () => {
    const counted = Suites.count(
      {
        testResults: [
          file("test/core/Money.test.ts", "passed", "failed"),
          file("test/core/Id.test.ts", "passed"),
          file("test/contracts/Journal.test.ts", "skipped", "pending"),
        ],
      },
      false,
    );
    assert.deepStrictEqual(summary({ ...counted, leftOut: [] }), [
      "",
      "ran: types",
      "ran: test/core/ (3 tests)",
      "",
      "3 passed, 1 failed, 2 skipped",
    ]);
    assert.isFalse(counted.isPassed);
  });

  it("counts a file that could not be loaded as a failure", () => {
    const broken = { ...file("test/core/Money.test.ts"), status: "failed" as const };
    assert.strictEqual(Suites.count({ testResults: [broken] }, false).failed, 1);
  });

  it("never says 0 failed of a run that failed", () => {
    const crashed = Suites.count({ testResults: [file("test/core/Id.test.ts", "passed")] }, false);
    assert.strictEqual(crashed.failed, 1);
    const untyped = Suites.count({ testResults: [file("test/core/Id.test.ts", "passed")] }, true);
    assert.strictEqual(summary({ ...untyped, leftOut: [] }, false).at(-1), "1 passed, 1 failed");
    assert.isFalse(
      Summary.isPassed([{ name: "types", isPassed: false, seconds: 1 }], { ...untyped, leftOut: [] }),
    );
  });

  it("is a failure when no test's path matches what was named, and says so", () => {
    const nothing = { testResults: [] };
    assert.strictEqual(
      Suites.nothingFound(["--project=core", "NoSuchTest"], nothing),
      "no test's path matches NoSuchTest; a part of a path under test/ is needed, such as Ledger",
    );
    assert.isNull(
      Suites.nothingFound(["NoSuchTest"], { testResults: [file("test/core/A.test.ts", "passed")] }),
    );
    // Nothing may have changed since: that is in order.
    assert.isNull(Suites.nothingFound(["--changed"], nothing));
  });

  it("says what was left out and what to install", () => {
    const counted = Suites.count({ testResults: [file("test/services/Kill.test.ts", "skipped")] }, true);
    const leftOut = [
      { suite: "services on a real Postgres", reason: "no Postgres server found; install postgresql" },
    ];
    assert.include(
      summary({ ...counted, leftOut }),
      "left out: services on a real Postgres (no Postgres server found; install postgresql)",
    );
  });
});
