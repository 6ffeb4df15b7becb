import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert, describe, it } from "@effect/vitest";
import { root } from "../../scripts/Checks.ts";
import * as Options from "../services/torture/Options.ts";
import * as Parts from "../services/torture/Parts.ts";
import * as Tables from "../services/torture/Tables.ts";

const page = readFileSync(join(root, "docs/RELIABILITY.md"), "utf8");
const partNames = Parts.all.map(({ name }) => name);
const parse = (...args: ReadonlyArray<string>) => Options.parse(args, partNames);

/** Rows of the table of faults: hop, fault, what makes it safe, what proves it. */
const rows = (page.split("## Hop by hop")[1] ?? "")
  .split("## ")[0]
  ?.split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| hop") && !line.startsWith("|--"))
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

const filesIn = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/`(test\/[\w/.]+\.ts)`/g)].map(([, file]) => file ?? "");

describe("what is written about reliability", () => {
  it("names a test for every fault, and every test it names is there", () => {
    assert.isAbove(rows?.length ?? 0, 15);
    for (const row of rows ?? []) {
      assert.lengthOf(row, 4, row.join(" | "));
      assert.isAbove(filesIn(row[3] ?? "").length, 0, `${row[0]} ${row[1]}: by which test?`);
    }
    for (const file of filesIn(page)) assert.isTrue(existsSync(join(root, file)), file);
  });

  it("knows every suite that brings faults", () => {
    const suites = readdirSync(join(root, "test/services")).filter((file) =>
      /^(Faults|Fuzz|Kill)\w*\.test\.ts$/.test(file),
    );
    for (const file of suites) assert.include(page, `test/services/${file}`);
  });

  it("shows commands that npm run torture understands", () => {
    const commands = [...page.matchAll(/npm run torture -- ([^\n#|`(]+)/g)].map(
      ([, args]) => args?.trim() ?? "",
    );
    assert.isAbove(commands.length, 2);
    for (const command of commands) {
      if (command === "--help") continue;
      assert.isObject(parse(...command.split(/\s+/)), command);
    }
  });

  it("gives the counts that are the defaults", () => {
    const options = parse();
    assert.isObject(options);
    if (typeof options === "string") return;
    const { kills, ticks, broker, postgres, clocks, poison, simulations, http, keys } = options.counts;
    const column = page.split("| tier |")[1] ?? "";
    assert.include(column, `${kills} of each kind in ${ticks.toLocaleString("en")} slots`);
    assert.include(column, `${simulations.toLocaleString("en")} seeds`);
    assert.include(column, `${poison.toLocaleString("en")} among ${(10 * poison).toLocaleString("en")}`);
    for (const count of [http, keys]) assert.include(column, `${count.toLocaleString("en")}`);
    for (const count of [broker, postgres, clocks]) assert.include(column, `${count} each`);
  });
});

describe("npm run torture", () => {
  it("takes parts and counts, and everything at its long length when nothing is said", () => {
    const some = parse("kills", "--kills", "3", "--out", "report.json");
    assert.isObject(some);
    if (typeof some === "string") return;
    assert.deepStrictEqual(some.parts, ["kills"]);
    assert.strictEqual(some.counts.kills, 3);
    assert.strictEqual(some.counts.broker, 20);
    assert.strictEqual(some.out, "report.json");
  });

  it.each([
    [["--kills", "many"], '--kills is "many"; it should be a whole number, 0 or more'],
    [["--ticks", "1.5"], '--ticks is "1.5"; it should be a whole number, 0 or more'],
    [["--kils", "3"], "Unknown option '--kils'"],
    [["wars"], 'there is no part "wars"; there are kills, servers'],
  ])("refuses %j, and says what would be right", (args, words) => {
    const refusal = parse(...args);
    assert.isString(refusal);
    assert.include(refusal, words);
  });

  const recoveries = Array.from({ length: 100 }, (_, index) => ({
    name: "kill -9 of risk and worker",
    kills: ["risk", "worker"] as const,
    ms: 100 * (index + 1),
  }));
  const quiet = { did: "much", recoveries, acknowledged: 7, lost: 0, doubled: 0, failures: [], seconds: 1 };

  it("counts each kind that a trial killed, and says how long half of them and all but one in a hundred took", () => {
    const [risk, worker] = Tables.lines(recoveries);
    assert.deepStrictEqual(risk, {
      what: "kill -9 of risk",
      times: 100,
      p50: 5_000,
      p99: 9_900,
      max: 10_000,
    });
    assert.strictEqual(worker?.times, 100);
  });

  it("bounds what kills may do only when nothing failed", () => {
    const said = (failures: ReadonlyArray<string>): string =>
      Tables.text([{ name: "kills", outcome: { ...quiet, failures } }]).join("\n");
    assert.include(said([]), "no failure in 200 kills: with 95 % confidence fewer than 3/200 = 1.50 %");
    assert.notInclude(said(["a trade is gone"]), "no failure");
    assert.include(said(["a trade is gone"]), "kills: a trade is gone");
  });
});
