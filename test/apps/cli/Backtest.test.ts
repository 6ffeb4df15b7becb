import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { NodeServices } from "@effect/platform-node";
import * as Axes from "@strom/apps/cli/backtest/Axes.ts";
import * as Format from "@strom/apps/cli/backtest/Format.ts";
import { backtest } from "@strom/apps/cli/backtest/Run.ts";
import { sweep } from "@strom/apps/cli/backtest/RunSweep.ts";
import { walkForward } from "@strom/apps/cli/backtest/RunWalkForward.ts";
import { InputRefused } from "@strom/apps/cli/Refusal.ts";
import * as Scaffold from "@strom/apps/cli/Scaffold.ts";
import { Backtest, ParameterSpace, Sweep, WalkForward } from "@strom/core";
import { Csv } from "@strom/core/files";
import { Console, Effect, Result } from "effect";
import { Command } from "effect/cli";
import { afterAll, assert, beforeAll, describe, it } from "vitest";
import { walk } from "../../core/backtest/Walks.ts";
import * as Folder from "../../servers/Folder.ts";
import { strom } from "./Strom.ts";

const state = { folder: "", data: "" };
const columns = walk(600);

beforeAll(() => {
  state.folder = Folder.make("cli");
  state.data = join(state.folder, "walk-1h.csv");
  const { from, open, high, low, close, volume } = columns;
  const rows = Array.from(from, (at, i) => [at, open[i], high[i], low[i], close[i], volume[i]].join(","));
  writeFileSync(state.data, ["ts,open,high,low,close,volume", ...rows].join("\n"));
});
afterAll(() => Folder.remove(state.folder));

const bars = () => [Result.getOrThrow(Csv.parse(readFileSync(state.data), { file: "walk-1h.csv" })).bars];
const ema = ["--strategy", "ema_crossover"];
const version = { version: "0" };
const commands = {
  backtest: Command.runWith(backtest, version),
  sweep: Command.runWith(sweep, version),
  walkforward: Command.runWith(walkForward, version),
};

/** What a command prints, in this process: a process for each would take minutes. */
const printed = async (name: keyof typeof commands, args: ReadonlyArray<string>): Promise<string> => {
  const lines: Array<string> = [];
  const console = { ...globalThis.console, log: (line: string) => lines.push(line) };
  await Effect.runPromise(
    commands[name](["--data", state.data, ...args]).pipe(
      Effect.provide(NodeServices.layer),
      Effect.provideService(Console.Console, console),
    ),
  );
  return lines.join("\n");
};

const json = async (name: keyof typeof commands, args: ReadonlyArray<string>) =>
  JSON.parse(await printed(name, [...args, "--json"]));

/** What a command refuses, for which a process of its own ends with 2. */
const refusal = async (name: keyof typeof commands, args: ReadonlyArray<string>): Promise<string> => {
  const run = commands[name](["--data", state.data, ...args]).pipe(
    Effect.provide(NodeServices.layer),
    Effect.flip,
  );
  const failure = await Effect.runPromise(run);
  assert.instanceOf(failure, InputRefused);
  return failure.message;
};

describe("strom backtest", () => {
  it("prints what the core comes to, beside buy and hold, with curves and digest", async () => {
    const { code, out, err } = await strom([
      "backtest",
      ...ema,
      "--data",
      state.data,
      "--monte-carlo",
      "200",
    ]);
    assert.deepEqual([code, err], [0, ""]);
    const result = Result.getOrThrow(
      Backtest.run({ bars: bars(), strategies: [{ strategy: "ema_crossover" }] }),
    );
    const { performance } = result;
    assert.include(out, "ema_crossover on WALK\n600 bars of 1 hour, 2020-01-01 01:00 to 2020-01-26 00:00");
    assert.match(out, new RegExp(`Total return +${Format.percent(performance.totalReturn)} `));
    assert.match(out, new RegExp(`Sharpe +${Format.ratio(performance.sharpe)} `));
    assert.match(out, new RegExp(`Round trips +${performance.trips.count}\n`));
    assert.match(out, /Equity\n( +[\d,]* ┤[\u2800-\u28ff]+\n){10}Drawdown\n/);
    assert.include(out, `digest ${Backtest.digest(result)}`);
    assert.match(out, /round trips drawn again, 200 times\n[\s\S]*Ends in a loss/);
  });

  it("gives the same as JSON", async () => {
    const given = await json("backtest", [...ema, "--params", '{"ema_fast": 5}', "--fill-at", "next_open"]);
    const result = Backtest.run({
      bars: bars(),
      strategies: [{ strategy: "ema_crossover", params: { ema_fast: 5 } }],
      fillAt: "next_open",
    });
    const expected = JSON.parse(JSON.stringify(Backtest.toJson(Result.getOrThrow(result))));
    assert.deepEqual(given, { ...expected, monte_carlo: null });
  });

  it("takes days to mean the bars of those days", async () => {
    const given = await json("backtest", [...ema, "--from", "2020-01-10", "--to", "2020-01-12"]);
    assert.equal(given.performance.from, "2020-01-10T01:00:00.000Z");
    assert.equal(given.performance.to, "2020-01-13T00:00:00.000Z");
    assert.equal(given.performance.returns, 71);
  });

  it("makes longer bars, sizes by limits and charges what it is told to", async () => {
    const given = await json("backtest", [
      ...ema,
      "--params",
      '{"ema_fast": 2, "ema_slow": 5}',
      "--interval",
      "4h",
      "--risk",
      '{"max_risk_per_trade_pct": 1, "stop_loss_pct": 5}',
      "--costs",
      '{"fee_bps": 0, "minimum_fee": "3"}',
    ]);
    assert.equal(given.interval_ms, 14_400_000);
    assert.equal(given.risk_profile.max_risk_per_trade_pct, 1);
    assert.equal(given.fill.minimum_fee, "3");
    assert.equal(given.trades[0].fee, "3");
  });

  it("runs several strategies at once, each with its own parameters", async () => {
    const params = '{"ema_crossover": {"ema_fast": 4}, "momentum_roc": {}}';
    const given = await json("backtest", [...ema, "--strategy", "momentum_roc", "--params", params]);
    assert.deepEqual(
      given.strategies.map((one: { readonly key: string }) => one.key),
      ["ema_crossover", "momentum_roc"],
    );
    assert.equal(given.strategies[0].params.ema_fast, 4);
  });

  it("runs a strategy of the user's and writes a page that needs nothing else", async () => {
    const file = join(state.folder, "mine.ts");
    const page = join(state.folder, "out/report.html");
    writeFileSync(file, Scaffold.strategy({ file: "mine", key: "mine", identifier: "Mine", title: "Mine" }));
    const args = ["backtest", "--strategy", file, "--data", state.data, "--out", page];
    const { code, out, err } = await strom(args);
    assert.deepEqual([code, err], [0, `wrote ${page}\n`]);
    assert.include(out, "mine on WALK");
    const text = readFileSync(page, "utf8");
    assert.include(text, "<title>mine on WALK</title>");
    assert.notMatch(text, /<script|https?:|src=/);
    assert.isAbove(text.split("<svg").length - 1, 2);
  });

  it.each<[ReadonlyArray<string>, RegExp]>([
    [["--strategy", "nope"], /--strategy nope: there are ema_crossover, .*; or name a file/],
    [["--strategy", "./nope.ts"], /nope\.ts: there is no such file/],
    [[...ema, "--params", '{"ema_fast": 50}'], /params\.ema_fast: 50 is refused: a value below ema_slow/],
    [
      [...ema, "--params", '{"ema_slow": 2000}'],
      /bars\.WALK: 600 bars are too few: ema_crossover is silent on the first 2000/,
    ],
    [
      [...ema, "--strategy", "momentum_roc", "--params", '{"ema_fast": 5}'],
      /a set for each by its key .* not ema_fast/,
    ],
    [[...ema, "--from", "soon"], /--from soon: not a time/],
    [[...ema, "--interval", "1y"], /--interval 1y: a number and a unit/],
    [[...ema, "--interval", "90m"], /bars\.WALK\.1: a bar from .* does not fit/],
    [[...ema, "--capital", "-5"], /--capital: "-5" is refused/],
    [[...ema, "--capital", "99999999999999999"], /--capital: "9+" is refused: .* below 1000000000000, /],
    [[...ema, "--risk", '{"max_risk": 5}'], /risk\.max_risk: 5 is refused: no such property/],
    [[...ema, "--costs", '{"fee_bps": 9000}'], /--costs: fee_bps: 9000 is refused: 0 to 5000 basis points/],
    [[...ema, "--seed", "x"], /--seed x: a whole number/],
    [["--strategy", "ema_crosover"], /did you mean ema_crossover\? there are ema_crossover, /],
    [["--strategy", "Donchian-Breakout"], /did you mean donchian_breakout\?/],
    [["--strategy", "gut_feeling"], /--strategy gut_feeling: there are /],
    [[...ema, "--from", "2030-01-01"], /--from: no bar ends from 2030-01-01: those of WALK end from/],
    [[...ema, "--to", "2019-01-01"], /--to: no bar ends by 2019-01-01: /],
    [[...ema, "--from", "2020-01-09", "--to", "2020-01-08"], /--to: 2020-01-08 is before 2020-01-09, where/],
    [[...ema, "--out", "/"], /--out \/ cannot be written: it is a folder/],
    [[...ema, "--data", "nowhere.csv"], /--data nowhere\.csv cannot be read: there is no such file/],
  ])("with %j refuses and says why", async (args, message) => {
    assert.match(await refusal("backtest", args), message);
  });

  it("names file, line and column of a bar that cannot be", async () => {
    const bad = join(state.folder, "bad.csv");
    writeFileSync(bad, `ts,open,high,low,close\n2020-01-01,1,1,1,1\n2020-01-02,1,0.5,1,1\n`);
    const { code, err } = await strom(["backtest", ...ema, "--data", bad]);
    assert.equal(code, 2);
    assert.equal(err, 'strom: bad.csv:3: high "0.5": inverted: high is below low 1\n');
  });

  it("reads files as it is told to by flags, which its messages name, also compressed ones", async () => {
    const rows = Array.from(
      { length: 40 },
      (_, i) => `${(i % 28) + 1}.0${1 + Math.floor(i / 28)}.2020;1,5;2;1;${1 + (i % 3) / 4};NaN`,
    );
    const text = `Date;Open;High;Low;Close;Volume\n${rows.join("\n").replaceAll(".25;", ",25;").replaceAll(".5;", ",5;")}\n`;
    const path = join(state.folder, "eu.csv.gz");
    writeFileSync(path, gzipSync(text));
    const refused = await refusal("backtest", [...ema, "--data", path]);
    assert.match(refused, /eu\.csv:2: Date "1\.01\.2020": .*--dates mdy .*--dates dmy /);
    assert.match(refused, /--decimal-mark comma/);
    assert.match(refused, /--missing skip/);
    const flags = ["--dates", "dmy", "--decimal-mark", "comma", "--missing", "skip"];
    const { out, err } = await strom(["backtest", ...ema, "--data", path, ...flags, "--json"]);
    assert.deepEqual([JSON.parse(out).symbols, err], [["EU"], ""]);
    // One mark is that of all files.
    const mixed = await refusal("backtest", [...ema, "--data", path, ...flags]);
    assert.match(mixed, /walk-1h\.csv:\d+: \w+ "\d+\.\d+": .*--decimal-mark point/);
  });
});

const axes = ["--param", "ema_fast=3..9:3", "--param", "ema_slow=12,24"];
const space = () => {
  const strategy = "ema_crossover";
  const { candidates } = Result.getOrThrow(
    Result.flatMap(Result.succeed(Backtest.run({ bars: bars(), strategies: [{ strategy }] })), (run) =>
      ParameterSpace.grid(Result.getOrThrow(run).plan.speakers[0]!.strategy, {
        ema_fast: { from: 3, to: 9, step: 3 },
        ema_slow: [12, 24],
      }),
    ),
  );
  return { bars: bars(), strategy, candidates };
};

describe("strom sweep", () => {
  it("finds what the core's sweep finds, on one thread or on two", async () => {
    const expected = Sweep.toJson(Result.getOrThrow(Sweep.run(space())));
    const one = await json("sweep", [...ema, ...axes]);
    const two = await json("sweep", [...ema, ...axes, "--threads", "2"]);
    assert.deepEqual(one, JSON.parse(JSON.stringify({ ...expected, refused: 0 })));
    assert.deepEqual(two, one);
  });

  it("shows the best first and says what luck has to do with it", async () => {
    const out = await printed("sweep", [...ema, ...axes, "--top", "2"]);
    assert.match(out, /6 sets tried; the best by sharpe first/);
    assert.match(out, /\n1 {2}ema_fast \d.*\n2 {2}ema_fast \d.*\n… and 4 more/);
    assert.match(out, /The best of 6 is better than luck with a probability of .* %/);
  });

  it.each<[ReadonlyArray<string>, RegExp]>([
    [["--param", "ema_quick=1"], /ema_quick: no parameter of ema_crossover; there are ema_fast, ema_slow/],
    [["--param", "ema_fast"], /--param ema_fast: a name and values are needed/],
    [["--param", "ema_fast=9..3"], /ema_fast: from 9 to 3/],
    [["--param", "ema_fast=50,60"], /an empty sweep: ema_crossover refuses all 2 sets/],
    [["--param", "ema_fast=1..500", "--param", "ema_slow=500..1000"], /250500 sets; at most 100000/],
    [["--param", "ema_fast=3", "--param", "ema_fast=4"], /name each parameter once/],
    [["--param", "ema_slow=700,800"], /600 bars are too few/],
    [
      ["--param", "ema_fast=5,10", "--params", '{"ema_fast": 7}'],
      /--param ema_fast=5,10: --params sets ema_fast to 7; name it in one of the two/,
    ],
    [["--param", "ema_fast=5,10", "--params", "5"], /--params: a JSON object is needed/],
  ])("with %j refuses and says why", async (args, message) => {
    assert.match(await refusal("sweep", [...ema, ...args]), message);
  });
});

describe("strom walkforward", () => {
  const windows = ["--train", "200", "--test", "100"];

  it("walks as the core walks", async () => {
    const given = await json("walkforward", [...ema, ...axes, ...windows]);
    const walked = WalkForward.run({ ...space(), trainBars: 200, testBars: 100 });
    assert.deepEqual(given, JSON.parse(JSON.stringify(WalkForward.toJson(Result.getOrThrow(walked)))));
  });

  it("shows every window and what came of them together", async () => {
    const out = await printed("walkforward", [...ema, ...axes, ...windows, "--anchored"]);
    assert.match(out, /walked forward in 4 windows, chosen by sharpe/);
    assert.match(out, /Efficiency \(after over before\)/);
  });

  it("refuses windows that leave nothing to trade", async () => {
    const args = [...ema, ...axes, "--train", "599", "--test", "10"];
    const message = await refusal("walkforward", args);
    assert.match(message, /--train: 599 bars to choose on leave none of 600/);
  });
});

describe("values of a parameter", () => {
  it.each<[string, readonly [string, ParameterSpace.Axis]]>([
    ["a=1,2,3", ["a", [1, 2, 3]]],
    ["a=1..9", ["a", { from: 1, to: 9 }]],
    ["a=-1.5..2:0.5", ["a", { from: -1.5, to: 2, step: 0.5 }]],
    ["a = long, short", ["a", ["long", "short"]]],
    ["a=true", ["a", [true]]],
  ])("%s are read", (text, expected) => {
    assert.deepEqual(Result.getOrThrow(Axes.axis(text)), expected);
  });
});
