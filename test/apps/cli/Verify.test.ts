import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, assert, beforeAll, describe, it } from "vitest";
import { strom } from "./Strom.ts";

let folder = "";
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "strom-verify-"));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

describe("strom verify", () => {
  it.each([
    ["missing", "nothing-here"],
    ["empty", "."],
  ])("does not call a %s folder a record in order, and makes nothing of it", async (_, name) => {
    const dataDir = path.join(folder, name);
    const ended = await strom(["verify"], { STROM_DATA_DIR: dataDir, DATABASE_URL: "" });
    assert.strictEqual(ended.code, 2, ended.out);
    assert.include(ended.err, `STROM_DATA_DIR ${path.resolve(dataDir)}: there is no record to verify`);
    assert.deepStrictEqual(fs.readdirSync(folder), []);
  });
});
