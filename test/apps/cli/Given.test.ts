import * as StrayVariables from "@strom/apps/cli/StrayVariables.ts";
import { assert, describe, it } from "vitest";
import { strom } from "./Strom.ts";

const data = ["--data", "docs/examples/btcusd-1m.csv"];
const backtest = ["backtest", "-s", "ema_crossover"];
const sweep = ["sweep", "-s", "ema_crossover", ...data, "-p", "ema_fast=5,10"];

describe("the value of a flag", () => {
  it.each<[ReadonlyArray<string>, string]>([
    [["up", "--port", "-1"], 'Invalid value for flag --port: "-1". Expected: a whole number from 0 to 65535'],
    [["up", "--port", "abc"], 'flag --port: "abc". Expected: a whole number from 0 to 65535'],
    [[...sweep, "--threads", "0"], 'flag --threads: "0". Expected: a whole number from 1 to 256'],
    [[...sweep, "--top", "-1"], 'flag --top: "-1". Expected: a whole number from 1'],
    [["check", "x.ts", "--seed", "1.5"], 'flag --seed: "1.5". Expected: a whole number'],
    [[...backtest, "--data", ""], "flag --data. Expected: the name of a file of bars"],
    [[...backtest, ...data, "--out", ""], "flag --out. Expected: the name of a file, such as report.html"],
    [[...backtest, ...data, "--symbol", ""], "flag --symbol. Expected: a symbol, 1 to 40 of A-Z, 0-9"],
    [[...backtest, ...data, "--symbol", "a b"], 'flag --symbol: "a b". Expected: a symbol, 1 to 40 of A-Z'],
  ])("as in %j is refused by its name, and what would be right is said", async (args, message) => {
    const { code, err } = await strom(args);
    assert.include(err, message);
    assert.equal(code, 1);
  });

  it("has its default in the help", async () => {
    const { out } = await strom(["sweep", "--help"]);
    for (const [flag, fallback] of [
      ["capital", "100000"],
      ["fill-at", "close"],
      ["metric", "sharpe"],
      ["top", "10"],
      ["seed", "42"],
    ]) {
      assert.match(out, new RegExp(`--${flag} .*; default ${fallback}`));
    }
  });

  it("leaves standard output to results: help that nobody asked for is told beside it", async () => {
    const wrong = await strom(["backtest", "-s", "ema_crossover", "-p", "x=1", "--json"]);
    assert.deepEqual([wrong.code, wrong.out], [1, ""]);
    assert.match(wrong.err, /USAGE[\s\S]*-p/);
    const help = await strom(["backtest", "--help"]);
    assert.deepEqual([help.code, help.err], [0, ""]);
    assert.match(help.out, /USAGE/);
  });
});

describe("a variable that looks like one of STROM's", () => {
  const words = "is set, and is no variable of STROM's:";

  it("and is none is told, with the name that was probably meant", async () => {
    assert.deepEqual(StrayVariables.warnings({ STROM_HTTP_PRT: "3", STROM_WHATEVER: "1", STROM_SEED: "1" }), [
      `STROM_HTTP_PRT ${words} did you mean STROM_HTTP_PORT? strom config names them all`,
      `STROM_WHATEVER ${words} strom config names them all`,
    ]);
    const { code, err } = await strom(["config", "--json"], { STROM_HTTP_PRT: "3" });
    assert.equal(code, 0);
    assert.include(err, `strom: STROM_HTTP_PRT ${words} did you mean STROM_HTTP_PORT?`);
  });

  it("is passed over where it is empty, or where Kubernetes set it", () => {
    const env = {
      STROM_HTTP_PRT: "",
      STROM_SERVICE_HOST: "10.0.0.1",
      STROM_API_SERVICE_PORT_HTTP: "8080",
      STROM_PORT: "tcp://10.0.0.1:8080",
      STROM_PORT_8080_TCP_ADDR: "10.0.0.1",
    };
    assert.deepEqual(StrayVariables.warnings(env), []);
  });
});
