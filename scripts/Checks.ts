import { spawn } from "node:child_process";
import { join } from "node:path";

export const root: string = join(import.meta.dirname, "..");

/** One static check: what it is called, whether it passed, and how long it took. */
export interface Outcome {
  readonly name: string;
  readonly isPassed: boolean;
  readonly seconds: number;
}

const COLORS = process.stdout.isTTY ? "--colors=force" : "--colors=off";

const TOOLS: ReadonlyArray<{ readonly name: string; readonly args: ReadonlyArray<string> }> = [
  {
    name: "format and lint",
    args: ["node_modules/@biomejs/biome/bin/biome", "ci", "--error-on-warnings", COLORS, "."],
  },
  { name: "types", args: ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json", "--noEmit"] },
];

/** Runs the static checks side by side; each prints its findings when it has any, and nothing else. */
export const run = (): Promise<ReadonlyArray<Outcome>> =>
  Promise.all(
    TOOLS.map(async ({ name, args }) => {
      const startedAt = performance.now();
      const { code, text } = await output(args);
      const seconds = (performance.now() - startedAt) / 1000;
      if (code !== 0) process.stdout.write(`\n${text.trim()}\n`);
      console.log(`${code === 0 ? "✓" : "✗"} ${name} (${seconds.toFixed(1)} s)`);
      return { name, isPassed: code === 0, seconds };
    }),
  );

const output = (
  args: ReadonlyArray<string>,
): Promise<{ readonly code: number | null; readonly text: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    const chunks: Array<Buffer> = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, text: Buffer.concat(chunks).toString() }));
  });
