import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Mutant } from "./Mutants.ts";

/** What became of a mutant: `unnoticed` is a hole in the suite, `broken` one that no longer applies. */
export interface Catch {
  readonly name: string;
  readonly by: string;
  readonly outcome: "caught" | "unnoticed" | "broken";
  readonly seconds: number;
  /** What the suite said, when it was not the word expected. */
  readonly detail: string;
}

const SIMULATE = ["apps/strom.ts", "simulate", "--seed", "1"];
const LIMIT_MS = 300_000;

/** The text with the change in it; throws when what is to be changed is not there exactly once. */
export const apply = (text: string, { file, from, to }: Mutant["changes"][number]): string => {
  const found = text.split(from).length - 1;
  if (found !== 1) throw new Error(`${file} has ${found} times, not once: ${from.trim()}`);
  return text.replace(from, () => to);
};

export const commandOf = ({ suite }: Mutant): ReadonlyArray<string> =>
  suite.kind === "tests"
    ? ["node_modules/vitest/vitest.mjs", "run", suite.path, "-t", suite.named]
    : [...SIMULATE, "--seeds", String(suite.seeds), "--ticks", String(suite.ticks)];

export const nameOf = ({ suite }: Mutant): string =>
  suite.kind === "tests" ? suite.path : `strom simulate, ${suite.seeds} seeds of ${suite.ticks} ticks`;

/** Runs the mutant's suite in a folder, and what it said. */
export const run = (
  folder: string,
  mutant: Mutant,
): { readonly isPassed: boolean; readonly text: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, commandOf(mutant), {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", STROM_PROPERTY_RUNS: "100", STROM_TEST_WITHOUT: "postgres" },
    timeout: LIMIT_MS,
    maxBuffer: 64 * 1024 * 1024,
  });
  return { isPassed: status === 0, text: `${stdout}\n${stderr}` };
};

/** Breaks the copy, runs the suite, and mends the copy again. */
export const hunt = (folder: string, mutant: Mutant): Catch => {
  const startedAt = performance.now();
  const kept = new Map<string, string>();
  const done = (outcome: Catch["outcome"], detail = ""): Catch => ({
    name: mutant.name,
    by: nameOf(mutant),
    outcome,
    seconds: (performance.now() - startedAt) / 1000,
    detail,
  });
  try {
    for (const change of mutant.changes) {
      const path = join(folder, change.file);
      const text = readFileSync(path, "utf8");
      if (!kept.has(path)) kept.set(path, text);
      writeFileSync(path, apply(text, change));
    }
    const { isPassed, text } = run(folder, mutant);
    if (isPassed) return done("unnoticed", text.slice(-500));
    return mutant.says.test(text) ? done("caught") : done("broken", text.slice(-2_000));
  } catch (cause) {
    return done("broken", cause instanceof Error ? cause.message : String(cause));
  } finally {
    for (const [path, text] of kept) writeFileSync(path, text);
  }
};
