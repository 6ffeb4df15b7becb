import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { assert } from "@effect/vitest";
import { describe, it } from "vitest";
import * as Child from "./Child.ts";

const isAlive = (pid: number): boolean => {
  try {
    return !execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).startsWith("Z");
  } catch {
    return false;
  }
};

describe("servers of a test process that crashed", () => {
  it("are gone shortly after it, their folders too", async () => {
    const program = `
      const Folder = await import(${JSON.stringify(import.meta.resolve("./Folder.ts"))});
      const Child = await import(${JSON.stringify(import.meta.resolve("./Child.ts"))});
      const folder = Folder.make("watchdog");
      const child = await Child.start({ command: "sleep", args: ["600"], folder, logFile: folder + "/log" });
      console.log(JSON.stringify({ pid: child.pid, folder }));
      setInterval(() => {}, 1000);`;
    const host = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const line = await new Promise<string>((resolve) =>
      host.stdout.once("data", (data) => resolve(String(data))),
    );
    const { pid, folder } = JSON.parse(line);
    assert.isTrue(isAlive(pid));
    assert.isTrue(existsSync(folder));

    host.kill("SIGKILL");
    await Child.until(() => !isAlive(pid) && !existsSync(folder), 10_000, "the watchdog to clean up");
  });
});
