import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Scaffold from "@strom/apps/cli/Scaffold.ts";
import { afterAll, assert, beforeAll, describe, it } from "vitest";
import * as Folder from "../../servers/Folder.ts";
import { strom } from "./Strom.ts";

const state = { folder: "" };

beforeAll(() => {
  state.folder = Folder.make("cli");
});
afterAll(() => Folder.remove(state.folder));

describe("a new strategy", () => {
  it.each([
    [
      "opening range",
      { file: "opening-range", key: "opening_range", identifier: "OpeningRange", title: "Opening range" },
    ],
    ["MyIdea2", { file: "my-idea2", key: "my_idea2", identifier: "MyIdea2", title: "My idea2" }],
    ["2fast", null],
    ["../escape", null],
    ["", null],
  ])("called %s is spelled in every way it needs", (name, names) => {
    assert.deepEqual(Scaffold.namesOf(name), names);
  });

  it("keeps every promise as it is written, and comes with a test", async () => {
    const made = await strom(["new-strategy", "opening range", "--folder", state.folder]);
    assert.deepEqual([made.code, made.err], [0, ""]);
    assert.deepEqual(readdirSync(state.folder).sort(), ["opening-range.test.ts", "opening-range.ts"]);
    assert.include(
      readFileSync(join(state.folder, "opening-range.test.ts"), "utf8"),
      "checkStrategy(OpeningRange)",
    );
    const checked = await strom(["check", join(state.folder, "opening-range.ts"), "--runs", "20"]);
    assert.deepEqual([checked.code, checked.err], [0, ""]);
    assert.match(checked.out, /^opening_range \(seed 42\)\n( {2}✓ {2}.*\n){8}$/);
  }, 120_000);

  it("is not written over another", async () => {
    const again = await strom(["new-strategy", "opening range", "--folder", state.folder]);
    assert.equal(again.code, 2);
    assert.match(again.err, /opening-range\.ts is there already; choose another name/);
  });

  it("comes with the commands to go on with, as they are typed in a clone or where STROM is installed", async () => {
    const folder = join(state.folder, "of my own");
    const source = `'${join(folder, "first-try.ts")}'`;
    const make = ["new-strategy", "first try", "--folder", folder];
    const { out } = await strom(make, { npm_command: "run-script" });
    assert.deepEqual(out.split("\n").slice(0, 4), [
      `✓ ${source} and its test`,
      `  npm run strom -- check ${source}`,
      `  npm run strom -- backtest --strategy ${source} --data FILE.csv`,
      `  STROM_STRATEGIES='${folder}' npm start`,
    ]);
    const installed = await strom([...make.with(1, "second try")], { npm_command: "exec" });
    assert.include(installed.out, `  npx strom check '${join(folder, "second-try.ts")}'`);
  });

  it.each<[string, string, RegExp]>([
    [
      "ema crossover",
      "new",
      /"ema crossover" has the key ema_crossover, which is that of a built-in strategy/,
    ],
    ["mine", "", /--folder "": the name of a folder is needed, such as strategies/],
    ["mine", "package.json", /--folder package\.json cannot be made: a file is where its folder should be/],
    ["mine", "/dev/null/x", /--folder \/dev\/null\/x cannot be made: a file is where/],
    // Linux makes no folders there, macOS has no such place.
    ["mine", "/proc/nope", /--folder \/proc\/nope cannot be made: /],
  ])("called %j is not written into %j", async (name, folder, message) => {
    const at = folder === "new" ? join(state.folder, "new") : folder;
    const ended = await strom(["new-strategy", name, "--folder", at]);
    assert.match(ended.err, message);
    assert.deepEqual([ended.code, ended.out], [2, ""]);
    assert.isFalse(existsSync(join(state.folder, "new")));
  });
});

describe("checking a file", () => {
  it("that breaks a promise prints the sentence and ends with 3", async () => {
    const path = join(state.folder, "clock.ts");
    const sound = Scaffold.strategy({ file: "clock", key: "clock", identifier: "Clock", title: "Clock" });
    writeFileSync(path, sound.replace("if (closes.length", "if (Date.now() > 0 && closes.length"));
    const { code, out, err } = await strom(["check", path, "--runs", "20"]);
    assert.equal(code, 3);
    assert.match(out, /✗ purity: it calls Date\.now\(\)/);
    assert.match(out, / – {2}scan .* cannot be told while purity is broken/);
    assert.equal(err, "strom: clock breaks its promises\n");
  });

  it("gives the report as JSON, on bars of one's own and with one's own parameters", async () => {
    const data = join(state.folder, "x.csv");
    const rows = Array.from(
      { length: 90 },
      (_, i) => `${1_522_800_000 + i * 60},1,${2 + (i % 7)},1,${1 + (i % 7)}`,
    );
    writeFileSync(data, ["ts,open,high,low,close", ...rows].join("\n"));
    const path = join(state.folder, "opening-range.ts");
    const args = ["check", path, "--runs", "20", "--data", data, "--params", '{"window": 5}', "--json"];
    const { code, out } = await strom(args);
    assert.equal(code, 0);
    const [report] = JSON.parse(out);
    assert.equal(report.strategy, "opening_range");
    assert.isTrue(report.checks.every((check: { readonly status: string }) => check.status === "held"));
  });

  it.each([
    [["check", "nowhere.ts"], 2, /nowhere\.ts: there is no such file/],
    [["check", "apps/cli"], 2, /apps\/cli: it is no file; name one in it/],
    [["check", "apps/cli/Scaffold.ts", "--data", "nowhere.csv"], 2, /nowhere\.csv cannot be read/],
    [["check", "apps/cli/Scaffold.ts"], 2, /it exports no strategy/],
    [["check", "apps/cli/Scaffold.ts", "--params", "{"], 1, /--params: "\{"\. Expected: JSON/],
    [
      ["check", "apps/cli/Scaffold.ts", "--runs", "0"],
      1,
      /--runs: "0"\. Expected: a whole number from 1 to 1000000/,
    ],
  ])("as in %j ends with %i and says why", async (args, code, message) => {
    const ended = await strom(args);
    assert.match(ended.err, message);
    assert.equal(ended.code, code);
  });
});
