import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { root } from "./Checks.ts";

/** A suite that did not run, and what would make it run. */
export interface LeftOut {
  readonly suite: string;
  readonly reason: string;
}

export interface Outcome {
  readonly isPassed: boolean;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Tests that ran, by the folder under test/. */
  readonly ran: ReadonlyMap<string, number>;
  readonly leftOut: ReadonlyArray<LeftOut>;
}

/** The parts of vitest's JSON report that are read here. */
interface Report {
  readonly testResults: ReadonlyArray<{
    readonly name: string;
    readonly status: "passed" | "failed";
    readonly assertionResults: ReadonlyArray<{ readonly status: string }>;
  }>;
}

/** Runs vitest with its own output on this terminal, and counts what its JSON report says. */
export const run = async (args: ReadonlyArray<string>, propertyRuns: number): Promise<Outcome> => {
  const folder = mkdtempSync(join(tmpdir(), "strom-test-"));
  const report = join(folder, "report.json");
  const leftOut = join(folder, "left-out.jsonl");
  try {
    const code = await vitest(
      [...args, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
      {
        STROM_PROPERTY_RUNS: process.env.STROM_PROPERTY_RUNS ?? String(propertyRuns),
        STROM_TEST_LEFT_OUT: leftOut,
      },
    );
    const found: Report | null = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : null;
    const missed = found === null ? null : nothingFound(args, found);
    if (missed !== null) console.error(`\n${missed}`);
    return {
      ...count(found ?? { testResults: [] }, code === 0 && missed === null),
      leftOut: existsSync(leftOut) ? lines(readFileSync(leftOut, "utf8")) : [],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** A mistyped name must not pass as a suite in order: null when there was a test, or no name was given. */
export const nothingFound = (args: ReadonlyArray<string>, report: Report): string | null => {
  const names = args.filter((arg) => !arg.startsWith("-"));
  return names.length === 0 || report.testResults.length > 0
    ? null
    : `no test's path matches ${names.join(" or ")}; a part of a path under test/ is needed, such as Ledger`;
};

/** A log file wants no colours. */
const PLAIN: Readonly<Record<string, string>> = process.stdout.isTTY ? {} : { NO_COLOR: "1" };

const vitest = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>>): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["node_modules/vitest/vitest.mjs", "run", ...args], {
      cwd: root,
      stdio: "inherit",
      env: { ...process.env, ...PLAIN, ...env },
    });
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });

/** Pure, so that a test can hold it to its word: a run that failed never counts zero failures. */
export const count = (report: Report, isPassed: boolean): Omit<Outcome, "leftOut"> => {
  const ran = new Map<string, number>();
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const file of report.testResults) {
    const results = file.assertionResults.map(({ status }) => status);
    const passed = results.filter((status) => status === "passed").length;
    const failed = results.filter((status) => status === "failed").length;
    total.passed += passed;
    // A file that could not even be loaded, or a hook that failed, has no failed test of its own.
    total.failed += failed === 0 && file.status === "failed" ? 1 : failed;
    total.skipped += results.length - passed - failed;
    const room = roomOf(file.name);
    ran.set(room, (ran.get(room) ?? 0) + passed + failed);
  }
  if (!isPassed && total.failed === 0) total.failed = 1;
  return { isPassed: isPassed && total.failed === 0, ...total, ran };
};

const roomOf = (file: string): string => {
  const [first, second, third] = relative(root, file).split(sep);
  return third === undefined ? `${first}/${second}` : `${first}/${second}/`;
};

const lines = (text: string): ReadonlyArray<LeftOut> =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
