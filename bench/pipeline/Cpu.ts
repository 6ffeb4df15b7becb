import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Processor seconds a process and all it ever started have used; Linux only, null elsewhere. */
export const seconds = (pid: number): number | null => {
  try {
    const ticks = [pid, ...below(pid)].map((id) => {
      const fields = readFileSync(`/proc/${id}/stat`, "utf8")
        .replace(/^.*\) /, "")
        .split(" ")
        .map(Number);
      // utime, stime, and those of children that are gone.
      return (fields[11] ?? 0) + (fields[12] ?? 0) + (fields[13] ?? 0) + (fields[14] ?? 0);
    });
    return ticks.reduce((sum, each) => sum + each, 0) / 100;
  } catch {
    return null;
  }
};

const below = (pid: number): ReadonlyArray<number> => {
  const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const found = [pid];
  for (const parent of found) {
    for (const [id, ppid] of rows) if (ppid === parent && id !== undefined) found.push(id);
  }
  return found.slice(1);
};
