import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, assert, beforeAll, describe, it } from "vitest";
import { requires } from "../../servers/Needs.ts";
import * as Postgres from "../../servers/Postgres.ts";
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

requires("postgres", "strom verify, on a Postgres server", () => {
  it("does not call an empty database a record in order, and makes nothing in it", async () => {
    const server = await Postgres.start();
    try {
      const url = await server.createDatabase("empty");
      const ended = await strom(["verify"], { DATABASE_URL: url });
      assert.strictEqual(ended.code, 2, ended.out);
      const place = url.slice(url.indexOf("@") + 1);
      assert.strictEqual(
        ended.err,
        `strom: DATABASE_URL ${place}: there is no record to verify; name the database STROM runs in\n`,
      );
      // Dividing by the number of tables that were made: an error if there is one.
      await server.execute(
        "select 1 / (1 - sign(count(*)))::int from information_schema.tables where table_schema = 'public'",
        "empty",
      );
      assert.deepStrictEqual(
        [
          (await strom(["migrate"], { DATABASE_URL: url })).code,
          (await strom(["verify"], { DATABASE_URL: url })).code,
        ],
        [0, 0],
      );
    } finally {
      await server.destroy();
    }
  }, 60_000);
});
